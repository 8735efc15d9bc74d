# SPDX-License-Identifier: Apache-2.0
#
# Run by ctest: installs BUILD below WORK, moves the tree to another place (a package must not know
# where it was made), builds PROGRAM against it by find_package and by pkg-config, and runs both.

# Runs a command in a folder; its output is shown only when it fails.
function(must folder)
    execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${folder}" RESULT_VARIABLE code
                    OUTPUT_VARIABLE out ERROR_VARIABLE out)
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "${ARGN}\nended with ${code}:\n${out}")
    endif()
    set(output "${out}" PARENT_SCOPE)
endfunction()

function(must_print_the_sum program)
    must("${WORK}" "${program}")
    if(NOT output STREQUAL "the sum is 5050\n")
        message(FATAL_ERROR "${program} printed '${output}'")
    endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}/by_pkg_config")
must("${WORK}" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/first")
file(RENAME "${WORK}/first" "${WORK}/moved")

# Only the library is instrumented in a sanitizer build: the program must bring the run-time too.
set(flags "")
if(SANITIZE STREQUAL "address")
    set(flags -fsanitize=address,undefined)
elseif(SANITIZE STREQUAL "thread")
    set(flags -fsanitize=thread)
endif()

string(JOIN " " flags_text ${flags})
must("${WORK}" "${CMAKE_COMMAND}" -S "${PROGRAM}" -B "${WORK}/by_cmake" -G Ninja
     "-DCMAKE_PREFIX_PATH=${WORK}/moved" "-DCMAKE_CXX_COMPILER=${COMPILER}"
     "-DCMAKE_CXX_FLAGS=${flags_text}" -DCMAKE_BUILD_TYPE=Release)
must("${WORK}" "${CMAKE_COMMAND}" --build "${WORK}/by_cmake")
must_print_the_sum("${WORK}/by_cmake/uses_gofer")

file(GLOB_RECURSE pc "${WORK}/moved/*/gofer.pc")
cmake_path(GET pc PARENT_PATH pc_folder)
set(ENV{PKG_CONFIG_PATH} "${pc_folder}")
must("${WORK}" pkg-config --cflags --libs gofer)
string(STRIP "${output}" options)
separate_arguments(options UNIX_COMMAND "${options}")
must("${WORK}" "${COMPILER}" -O2 ${flags} "${PROGRAM}/main.cpp" ${options} -o
     "${WORK}/by_pkg_config/uses_gofer")
must_print_the_sum("${WORK}/by_pkg_config/uses_gofer")
