# SPDX-License-Identifier: Apache-2.0
#
# How tests are declared: gofer_test, gofer_compile_fail, the header check, the allocator runs.
include(GoogleTest)

# A test that takes longer hangs; sanitizers and a busy machine are allowed for.
set(GOFER_TEST_TIMEOUT 300)

find_library(GOFER_JEMALLOC NAMES jemalloc libjemalloc.so.2)
find_library(GOFER_MIMALLOC NAMES mimalloc libmimalloc.so.2)

# What every test program has linked in: sanitizer options, so that a test behaves the same by hand.
add_library(gofer_test_support OBJECT "${PROJECT_SOURCE_DIR}/tests/support/sanitizer_options.cpp")
gofer_warnings(gofer_test_support)
set_property(GLOBAL APPEND PROPERTY GOFER_TEST_FILES
                                    "${PROJECT_SOURCE_DIR}/tests/support/sanitizer_options.cpp")

add_custom_target(hazard_tests)

# gofer_claim_test_files(<file>...): these files of the current folder belong to a test.
function(gofer_claim_test_files)
    foreach(file IN LISTS ARGN)
        cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
        set_property(GLOBAL APPEND PROPERTY GOFER_TEST_FILES "${file}")
    endforeach()
endfunction()

# gofer_check_test_files(): the test test_files_are_built, which names each .cpp below tests/ that
# no test claims.
function(gofer_check_test_files)
    get_property(claimed GLOBAL PROPERTY GOFER_TEST_FILES)
    file(GLOB_RECURSE stray CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/*.cpp")
    list(REMOVE_ITEM stray ${claimed})
    set(report "every file of tests/ belongs to a test")
    set(verdict true)
    if(stray)
        list(JOIN stray " " report)
        set(report "in no gofer_test, gofer_compile_fail or gofer_claim_test_files: ${report}")
        set(verdict false)
    endif()
    add_test(NAME test_files_are_built
             COMMAND ${CMAKE_COMMAND} "-DREPORT=${report}" "-DVERDICT=${verdict}" -P
                     "${PROJECT_SOURCE_DIR}/cmake/Report.cmake")
    set_tests_properties(test_files_are_built PROPERTIES LABELS unit)
endfunction()

# gofer_register_cases(<program> <suffix> <kind> <timeout> <procs> <preload>): every GoogleTest case
# of the program as one ctest entry, run in a process of its own; with GOFER_PROCS=<procs> and with
# the library <preload>, unless they are empty.
function(gofer_register_cases program suffix kind timeout procs preload)
    string(MAKE_C_IDENTIFIER "${program}${suffix}" list)
    set(properties LABELS ${kind} TIMEOUT ${timeout})
    if(procs)
        list(APPEND properties ENVIRONMENT "GOFER_PROCS=${procs}")
    endif()
    if(preload)
        # Not a second entry of ENVIRONMENT: gtest_discover_tests loses all but the last of a list.
        list(APPEND properties ENVIRONMENT_MODIFICATION "LD_PRELOAD=set:${preload}")
    endif()
    gtest_discover_tests(
        ${program}
        TEST_PREFIX "${program}."
        TEST_SUFFIX "${suffix}"
        TEST_LIST ${list}_cases
        DISCOVERY_MODE PRE_TEST
        DISCOVERY_TIMEOUT 60
        PROPERTIES ${properties})
endfunction()

# gofer_test(<name> SOURCES <file>... KIND <kind>
#            [PROCS] [ALLOCATORS] [NO_RUNTIME] [TIMEOUT <s>]
#            [ROOMS <room>...] [DEFINES <X=1>...] [LINK <library>...])
#
# One GoogleTest program, linked with gofer. KIND is the ctest label: unit, model, behaviour,
# program, compile_fail or stress. PROCS runs every case with GOFER_PROCS=1, 2 and 8. ALLOCATORS
# runs every case with jemalloc and with mimalloc as well. ROOMS are rooms whose internal headers
# the test includes; unit, model and stress tests see all rooms. NO_RUNTIME leaves libgofer.a out,
# for model tests that compile the file under test themselves. thread_locals_test and switch_test
# are those that `.ci/run` builds with -O3, -fPIC and link-time optimisation too.
function(gofer_test name)
    cmake_parse_arguments(TEST "PROCS;ALLOCATORS;NO_RUNTIME" "KIND;TIMEOUT"
                          "SOURCES;ROOMS;DEFINES;LINK" ${ARGN})
    if(TEST_UNPARSED_ARGUMENTS OR NOT TEST_SOURCES)
        message(FATAL_ERROR "gofer_test(${name}): no SOURCES, or what is "
                            "'${TEST_UNPARSED_ARGUMENTS}'?")
    endif()
    set(kinds unit model behaviour program compile_fail stress)
    if(NOT TEST_KIND IN_LIST kinds)
        message(FATAL_ERROR "gofer_test(${name}): KIND is one of ${kinds}")
    endif()
    if(NOT TEST_TIMEOUT)
        set(TEST_TIMEOUT ${GOFER_TEST_TIMEOUT})
    endif()
    if(TEST_KIND MATCHES "unit|model|stress" AND NOT TEST_ROOMS)
        get_property(TEST_ROOMS GLOBAL PROPERTY GOFER_ROOMS)
    endif()

    add_executable(${name} ${TEST_SOURCES} $<TARGET_OBJECTS:gofer_test_support>)
    gofer_claim_test_files(${TEST_SOURCES})
    gofer_room_includes(roots ${TEST_ROOMS})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/include"
                                               "${PROJECT_SOURCE_DIR}/tests" ${roots})
    target_compile_definitions(${name} PRIVATE ${TEST_DEFINES})
    target_link_libraries(${name} PRIVATE ${TEST_LINK} GTest::gmock GTest::gtest_main)
    if(NOT TEST_NO_RUNTIME)
        target_link_libraries(${name} PRIVATE gofer::gofer)
    endif()
    gofer_warnings(${name})
    if(name MATCHES "thread_locals_test|switch_test")
        add_dependencies(hazard_tests ${name})
    endif()
    if(GOFER_LTO_TESTS)
        gofer_lto(${name})
    endif()

    if(TEST_PROCS)
        foreach(procs 1 2 8)
            gofer_register_cases(${name} ".p${procs}" ${TEST_KIND} ${TEST_TIMEOUT} ${procs} "")
        endforeach()
    else()
        gofer_register_cases(${name} "" ${TEST_KIND} ${TEST_TIMEOUT} "" "")
    endif()
    # A sanitizer brings an allocator of its own.
    if(TEST_ALLOCATORS AND GOFER_SANITIZE STREQUAL "")
        gofer_allocator_run(${name} jemalloc "${GOFER_JEMALLOC}" ${TEST_KIND} ${TEST_TIMEOUT})
        gofer_allocator_run(${name} mimalloc "${GOFER_MIMALLOC}" ${TEST_KIND} ${TEST_TIMEOUT})
    endif()
endfunction()

# gofer_allocator_run(<program> <name> <library> <kind> <timeout>): the cases with another malloc at
# P = 2; one entry that reports itself skipped where the library is missing.
function(gofer_allocator_run program name library kind timeout)
    if(library)
        gofer_register_cases(${program} ".${name}" ${kind} ${timeout} 2 "${library}")
    else()
        add_test(NAME ${program}.${name} COMMAND ${CMAKE_COMMAND} -E echo
                                                 "skipped: lib${name}.so is not installed")
        set_tests_properties(${program}.${name} PROPERTIES SKIP_REGULAR_EXPRESSION "skipped:" LABELS
                                                                                   ${kind})
    endif()
endfunction()

# gofer_compile_fail(<name> SOURCE <file> EXPECT <regex> [DEFINES <X>...]): the file must not
# compile, and the compiler must say what the regular expression wants.
function(gofer_compile_fail name)
    cmake_parse_arguments(FAIL "" "SOURCE;EXPECT" "DEFINES" ${ARGN})
    if(NOT FAIL_SOURCE OR NOT FAIL_EXPECT OR FAIL_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "gofer_compile_fail(${name}): give SOURCE and EXPECT, nothing else")
    endif()
    gofer_claim_test_files(${FAIL_SOURCE})
    list(TRANSFORM FAIL_DEFINES PREPEND "-D")
    add_test(NAME compile_fail.${name}
             COMMAND ${CMAKE_COMMAND} "-DCOMPILER=${CMAKE_CXX_COMPILER}"
                     "-DINCLUDE=${PROJECT_SOURCE_DIR}/include"
                     "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/${FAIL_SOURCE}"
                     "-DEXPECT=${FAIL_EXPECT}" "-DDEFINES=${FAIL_DEFINES}" -P
                     "${PROJECT_SOURCE_DIR}/cmake/CheckCompileFail.cmake")
    set_tests_properties(compile_fail.${name} PROPERTIES LABELS compile_fail TIMEOUT
                                                         ${GOFER_TEST_TIMEOUT})
endfunction()

# gofer_header_units(<target> <strip> <folder> <include root>...): one file a header, which includes
# it alone and twice.
function(gofer_header_units target strip folder)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${folder}/*.hpp")
    set(units "")
    foreach(header IN LISTS headers)
        cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${strip}" OUTPUT_VARIABLE path)
        set(unit "${PROJECT_BINARY_DIR}/header_check/${path}.cpp")
        file(CONFIGURE OUTPUT "${unit}" CONTENT "#include \"${path}\"\n#include \"${path}\"\n")
        list(APPEND units "${unit}")
    endforeach()
    if(NOT units)
        return()
    endif()
    add_library(${target} OBJECT EXCLUDE_FROM_ALL ${units})
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/include" ${ARGN})
    target_compile_options(${target} PRIVATE -fsyntax-only)
    gofer_warnings(${target})
    add_dependencies(header_check ${target})
endfunction()

# gofer_header_check(): the target header_check compiles every header, public or of a room, alone.
function(gofer_header_check)
    add_custom_target(header_check)
    gofer_header_units(header_check_public "${PROJECT_SOURCE_DIR}/include"
                       "${PROJECT_SOURCE_DIR}/include")
    get_property(rooms GLOBAL PROPERTY GOFER_ROOMS)
    foreach(room IN LISTS rooms)
        gofer_room_includes(roots ${room})
        gofer_header_units(header_check_${room} "${PROJECT_SOURCE_DIR}/src"
                           "${PROJECT_SOURCE_DIR}/src/${room}" ${roots})
    endforeach()
    if(GOFER_SANITIZE STREQUAL "")
        add_test(NAME headers_compile_alone
                 COMMAND ${CMAKE_COMMAND} --build "${PROJECT_BINARY_DIR}" --target header_check)
        set_tests_properties(headers_compile_alone PROPERTIES LABELS unit TIMEOUT 600)
    endif()
endfunction()
