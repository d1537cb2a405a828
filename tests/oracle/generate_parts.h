/* SPDX-License-Identifier: Apache-2.0 */
/** generate_parts.h - what the files of the generator share. */
#ifndef GENERATE_PARTS_H
#define GENERATE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define COUNT_OF(array)   (sizeof(array) / sizeof((array)[0]))
#define PICK(dice, array) ((array)[roll((dice), COUNT_OF(array))])

/* ---- Chance (generate_words.c) ------------------------------------------- */

struct dice {
    uint64_t state;
    const unsigned char *bytes; /**< used up before chance takes over */
    size_t left;
};

/** A number below `sides`. */
size_t roll(struct dice *dice, size_t sides);

/** True `percent` times in a hundred. */
bool chance(struct dice *dice, unsigned percent);

/* ---- A scene: the request that the policies are written around ----------- */

typedef enum caller_kind {
    CALLER_USER,
    CALLER_ROLE,
    CALLER_SESSION,
    CALLER_FEDERATED,
    CALLER_ROOT,
    CALLER_SERVICE,
    CALLER_ANONYMOUS
} caller_kind;

struct scene {
    struct dice dice;
    caller_kind caller;
    char arn[128];    /**< the caller's, a service's name, or "" */
    char behind[128]; /**< role of a session, user of a federated user */
    char account[16]; /**< the caller's, or "" */
    char action[64];
    char resource[128];
    json_t *context; /**< borrowed from the request */
};

/** The value that the request has for a condition key, as far as the scene
 *  knows it; NULL or a list otherwise. */
const json_t *scene_value(const struct scene *scene, const char *key);

/* ---- Words (generate_words.c) -------------------------------------------- */

#define ACCOUNT_A "111122223333"
#define ACCOUNT_B "444455556666"

/** Choose action and resource. */
void words_target(struct scene *scene);

/** Choose the caller. */
void words_caller(struct scene *scene);

/** An action as a policy might write it; often one that matches. */
json_t *words_action(struct scene *scene, const char *kind);

/** A resource as a policy of the kind might write it. */
json_t *words_resource(struct scene *scene, const char *kind);

/** A value under "AWS". */
json_t *words_aws(struct scene *scene);

/** A whole Principal. */
json_t *words_principal(struct scene *scene);

/** Put `from` into `room` bytes, cutting what does not fit. */
void words_copy(char *out, size_t room, const char *from);

/* ---- Conditions (generate_condition.c) ----------------------------------- */

/** Put random keys into the context of the request. */
void condition_context(struct scene *scene);

/** A condition block with up to `most` operators. */
json_t *condition_block(struct scene *scene, size_t most);

#endif /* GENERATE_PARTS_H */
