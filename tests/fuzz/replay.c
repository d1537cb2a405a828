/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - stands in for libFuzzer: runs each file of the folders, and each
 * file, named on the command line once.  No input at all is a failure.
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t done;

static bool replay(const char *path)
{
    static uint8_t data[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t size;
    uint8_t *copy;

    if (!file) {
        perror(path);
        return false;
    }
    size = fread(data, 1, sizeof(data), file);
    fclose(file);
    copy = malloc(size ? size : 1); /* exact size: an overread is seen */
    if (!copy)
        return false;
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    done++;
    return true;
}

static bool replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool good = true;

    if (!folder) {
        perror(path);
        return false;
    }
    while (good && (entry = readdir(folder)) != NULL) {
        char name[4096];
        int len = snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);

        if (entry->d_name[0] == '.')
            continue;
        good = len > 0 && (size_t)len < sizeof(name) && replay(name);
    }
    closedir(folder);
    return good;
}

static bool replay_either(const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return replay_folder(path);
    return replay(path);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!replay_either(argv[i]))
            return EXIT_FAILURE;
    printf("%zu inputs\n", done);
    return done > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
