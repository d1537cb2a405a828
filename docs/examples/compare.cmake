# SPDX-License-Identifier: Apache-2.0
# Run PROGRAM with ARGUMENTS; it must succeed, and print what EXPECTED holds.
execute_process(COMMAND "${PROGRAM}" ${ARGUMENTS}
    OUTPUT_VARIABLE printed ERROR_VARIABLE complained RESULT_VARIABLE status)
file(READ "${EXPECTED}" expected)
if(NOT status EQUAL 0 OR NOT complained STREQUAL "")
    message(FATAL_ERROR "${PROGRAM} ended with ${status}\n${complained}")
endif()
if(NOT printed STREQUAL expected)
    message(FATAL_ERROR "${EXPECTED} differs; printed was:\n${printed}")
endif()
