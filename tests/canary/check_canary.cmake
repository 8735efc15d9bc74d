# SPDX-License-Identifier: Apache-2.0
#
# Passes only if PROGRAM ends with 1 and names the failed check.
execute_process(COMMAND "${PROGRAM}" RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT code EQUAL 1)
    message(FATAL_ERROR "the canary ended with ${code}, not 1:\n${out}${err}")
endif()
if(NOT out MATCHES "the canary fell off its perch" OR NOT out MATCHES "1 FAILED TEST")
    message(FATAL_ERROR "the canary did not say why it failed:\n${out}${err}")
endif()
