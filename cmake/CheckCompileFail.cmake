# SPDX-License-Identifier: Apache-2.0
#
# Run by ctest: SOURCE must not compile, and the compiler's text must match EXPECT.
if(NOT EXISTS "${SOURCE}")
    message(FATAL_ERROR "${SOURCE} does not exist")
endif()
execute_process(COMMAND "${COMPILER}" -std=c++20 -fsyntax-only ${DEFINES} "-I${INCLUDE}" "${SOURCE}"
                RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
if(code EQUAL 0)
    message(FATAL_ERROR "${SOURCE} compiles, but must not")
endif()
if(NOT out MATCHES "${EXPECT}")
    message(FATAL_ERROR "${SOURCE} does not compile, but the reason is not '${EXPECT}':\n${out}")
endif()
