/* SPDX-License-Identifier: Apache-2.0 */
/*
 * header.c - the public header by itself: as strict C11, and as C++17 through
 * header.cpp.  What a caller may rely on without linking is checked too.
 */
#include <iampolicy.h>

static int faults(void)
{
    iam_options options = IAM_OPTIONS_INIT;
    iam_error error = {IAM_OK, 0, 0, 0, 0, {0}, {0}};
    iam_question question = IAM_QUESTION_INIT;
    iam_outcome unwritten = (iam_outcome)0;
    iam_verdict unproved = (iam_verdict)0;
    int count = 0;

    count += options.struct_size != sizeof(options);
    count += options.allocator != NULL || options.flags != 0;
    count += unwritten != IAM_IMPLICIT_DENY; /* zero never allows */
    count += unproved != IAM_UNKNOWN;        /* nor proves */
    count += question.struct_size != sizeof(question) || question.kind != 0;
    count += question.flags != 0 || question.addresses || question.scope;
    count += sizeof(error.where) != 128 || sizeof(error.message) != 256;
    count += IAM_VERSION_NUMBER < 0x000100;
    count += iam_version()[0] == 0;
    count += iam_status_name(error.status)[0] == 0;
    return count;
}

int main(void)
{
    return faults();
}
