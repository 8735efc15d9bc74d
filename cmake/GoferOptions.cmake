# SPDX-License-Identifier: Apache-2.0
#
# Compiler options: what every target of this tree gets, and what only some get by name.

# For all code: unwind tables are complete at every instruction (backtraces from anywhere), stack
# growth touches every page (the guard region is hit), symbols are not interposed and calls do not
# go through the PLT.
add_compile_options(
    $<$<COMPILE_LANGUAGE:CXX>:-fstack-clash-protection>
    $<$<COMPILE_LANGUAGE:CXX>:-fasynchronous-unwind-tables>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-plt>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-semantic-interposition>)
# __FILE__ in checks and reports does not depend on where the tree was cloned.
add_compile_options("-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")

if(GOFER_DEBUG)
    add_compile_definitions(GOFER_DEBUG=1)
endif()

if(GOFER_SANITIZE STREQUAL "address")
    add_compile_definitions(GOFER_ASAN=1)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
elseif(GOFER_SANITIZE STREQUAL "thread")
    add_compile_definitions(GOFER_TSAN=1)
    add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
    add_link_options(-fsanitize=thread)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC warns that TSan does not model fences; the rooms that use them are annotated by hand.
        add_compile_options(-Wno-tsan)
    endif()
elseif(NOT GOFER_SANITIZE STREQUAL "")
    message(FATAL_ERROR "GOFER_SANITIZE is '${GOFER_SANITIZE}': use address, thread or nothing")
endif()

set(GOFER_WARNINGS
    -Wall
    -Wextra
    -Wpedantic
    # Clang counts a capture named after a structured binding as shadowing.
    $<$<CXX_COMPILER_ID:GNU>:-Wshadow>
    -Wcast-align
    -Wcast-qual
    -Wextra-semi
    -Wimplicit-fallthrough
    -Wnon-virtual-dtor
    -Woverloaded-virtual
    -Wundef
    -Wunused
    -Wvla)

# gofer_warnings(<target>): our warnings, for our own code only.
function(gofer_warnings target)
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${GOFER_WARNINGS}>")
    if(GOFER_WERROR)
        target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-Werror>")
    endif()
endfunction()

# gofer_lto(<target>): link-time optimisation for a program or room, where the build has it. Objects
# are fat, so that whoever links without it can use them too.
function(gofer_lto target)
    if(NOT GOFER_LTO OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        return()
    endif()
    target_compile_options(
        ${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-flto=auto;-ffat-lto-objects>")
    target_link_options(${target} PRIVATE -flto=auto)
endfunction()
