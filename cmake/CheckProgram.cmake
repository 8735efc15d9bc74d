# SPDX-License-Identifier: Apache-2.0
#
# Run by ctest: runs PROGRAM, wants exit code 0, and compares its output with the files EXPECTED
# (exactly) and PATTERN (one regular expression a line) if they exist.
execute_process(COMMAND "${PROGRAM}" RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT code EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ended with ${code}, not 0\n--- stdout\n${out}\n"
                        "--- stderr\n${err}")
endif()
if(EXISTS "${EXPECTED}")
    file(READ "${EXPECTED}" wanted)
    if(NOT out STREQUAL wanted)
        message(FATAL_ERROR "${PROGRAM} printed\n${out}\n--- but ${EXPECTED} says\n${wanted}")
    endif()
endif()
if(EXISTS "${PATTERN}")
    file(STRINGS "${PATTERN}" patterns)
    foreach(pattern IN LISTS patterns)
        if(NOT out MATCHES "${pattern}")
            message(FATAL_ERROR "${PROGRAM} printed\n${out}\n--- which does not match ${pattern}")
        endif()
    endforeach()
endif()
