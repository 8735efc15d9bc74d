# SPDX-License-Identifier: Apache-2.0
#
# Programs: every .cpp below a folder is one, named after its path.

# gofer_programs(<folder>): one executable a file; course/a/b.cpp becomes the target course_a_b and
# the file <build>/course/a/b.
function(gofer_programs folder)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
    if(sources)
        find_package(OpenSSL REQUIRED COMPONENTS Crypto)
    endif()
    foreach(source IN LISTS sources)
        cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${PROJECT_SOURCE_DIR}" OUTPUT_VARIABLE path)
        cmake_path(GET path PARENT_PATH parent)
        cmake_path(GET path STEM name)
        string(MAKE_C_IDENTIFIER "${parent}/${name}" target)
        add_executable(${target} "${source}")
        set_target_properties(${target} PROPERTIES OUTPUT_NAME "${name}" RUNTIME_OUTPUT_DIRECTORY
                                                   "${PROJECT_BINARY_DIR}/${parent}")
        # Some programs need a library for sha1; the others shall not load it.
        target_link_options(${target} PRIVATE -Wl,--as-needed)
        target_link_libraries(${target} PRIVATE gofer::gofer OpenSSL::Crypto)
        gofer_warnings(${target})
        gofer_lto(${target})
        if(GOFER_TESTS)
            gofer_program_test(${target} "${source}")
        endif()
    endforeach()
endfunction()

# gofer_program_test(<target> <source>): the program ends with code 0. With a file <name>.expected
# beside it, it prints exactly that; each line of <name>.pattern is a regular expression that its
# output must match.
function(gofer_program_test target source)
    cmake_path(REMOVE_EXTENSION source OUTPUT_VARIABLE base)
    add_test(NAME ${target}
             COMMAND ${CMAKE_COMMAND} "-DPROGRAM=$<TARGET_FILE:${target}>"
                     "-DEXPECTED=${base}.expected" "-DPATTERN=${base}.pattern" -P
                     "${PROJECT_SOURCE_DIR}/cmake/CheckProgram.cmake")
    set_tests_properties(${target} PROPERTIES LABELS program TIMEOUT 300)
endfunction()
