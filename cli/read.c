/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read.c - bytes that grow, and where they come from: files, standard input,
 * lines of it.
 *
 * Nothing is read without a bound: a document beyond INPUT_LIMIT would be
 * refused by the library anyway, and /dev/zero has no end.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_SIZE ((size_t)64 * 1024)

static bool buffer_reserve(buffer *to, size_t more)
{
    size_t capacity = to->capacity ? to->capacity : 256;
    char *bytes;

    if (more > SIZE_MAX / 4 || to->len > SIZE_MAX / 4)
        return false;
    while (capacity - to->len < more)
        capacity *= 2;
    if (capacity == to->capacity)
        return true;
    bytes = realloc(to->bytes, capacity);
    if (!bytes)
        return false;
    to->bytes = bytes;
    to->capacity = capacity;
    return true;
}

bool buffer_add(buffer *to, const char *bytes, size_t len)
{
    /* One byte more: what has text always ends in a NUL that is not its. */
    if (!buffer_reserve(to, len + 1))
        return false;
    if (len)
        memcpy(to->bytes + to->len, bytes, len);
    to->len += len;
    to->bytes[to->len] = '\0';
    return true;
}

bool buffer_format(buffer *to, const char *format, ...)
{
    va_list list;
    int len;

    va_start(list, format);
    len = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (len < 0 || !buffer_reserve(to, (size_t)len + 1))
        return false;
    va_start(list, format);
    vsnprintf(to->bytes + to->len, (size_t)len + 1, format, list);
    va_end(list);
    to->len += (size_t)len;
    return true;
}

void buffer_free(buffer *to)
{
    free(to->bytes);
    *to = (buffer){.bytes = NULL};
}

bool buffer_sink(void *to, const char *bytes, size_t len)
{
    return buffer_add(to, bytes, len);
}

const char *file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

/* read(2) that is not stopped by a signal; 0 at the end, -1 on failure. */
static ssize_t read_some(int file, char *bytes, size_t len)
{
    ssize_t got;

    do {
        got = read(file, bytes, len);
    } while (got < 0 && errno == EINTR);
    return got;
}

ptrdiff_t input_read(int file, const char *path, char *bytes, size_t len)
{
    ssize_t got = read_some(file, bytes, len);

    if (got < 0)
        complain("cannot read %s: %s", file_name(path), strerror(errno));
    return got;
}

static bool read_all(int file, const char *path, buffer *out)
{
    for (;;) {
        ptrdiff_t got;

        if (!buffer_reserve(out, CHUNK_SIZE + 1)) {
            complain_memory();
            return false;
        }
        got = input_read(file, path, out->bytes + out->len, CHUNK_SIZE);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        out->len += (size_t)got;
        if (out->len > INPUT_LIMIT) {
            complain("%s is larger than 64 MiB", file_name(path));
            return false;
        }
    }
    out->bytes[out->len] = '\0';
    return true;
}

/* What standard input held is gone once read. */
int input_open(const char *path)
{
    static bool standard_input_was_read;

    if (strcmp(path, "-") != 0) {
        int file = open(path, O_RDONLY | O_CLOEXEC);

        if (file < 0)
            complain("cannot open %s: %s", path, strerror(errno));
        return file;
    }
    if (standard_input_was_read) {
        complain("standard input (-) can be read only once");
        return -1;
    }
    standard_input_was_read = true;
    return STDIN_FILENO;
}

void input_close(int file)
{
    if (file >= 0 && file != STDIN_FILENO)
        close(file);
}

bool file_read(const char *path, buffer *out)
{
    int file = input_open(path);
    bool ok;

    *out = (buffer){.bytes = NULL};
    if (file < 0)
        return false;
    ok = read_all(file, path, out);
    input_close(file);
    if (!ok)
        buffer_free(out);
    return ok;
}

bool lines_open(line_reader *reader)
{
    *reader = (line_reader){.chunk = malloc(CHUNK_SIZE)};
    if (!reader->chunk)
        complain_memory();
    return reader->chunk != NULL;
}

/* More input into the chunk; false at its end. */
static bool refill(line_reader *reader)
{
    ssize_t got;

    fflush(stdout);
    got = read_some(STDIN_FILENO, reader->chunk, CHUNK_SIZE);
    if (got < 0) {
        complain("cannot read <stdin>: %s", strerror(errno));
        reader->failed = true;
    }
    reader->ended = got <= 0;
    reader->at = 0;
    reader->end = got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* What is left of a line that is too long is dropped as it comes. */
static bool take(line_reader *reader, const char *bytes, size_t len)
{
    if (reader->too_long || len > INPUT_LIMIT - reader->line.len) {
        reader->too_long = true;
        return true;
    }
    if (!buffer_add(&reader->line, bytes, len)) {
        complain_memory();
        reader->failed = true;
    }
    return !reader->failed;
}

bool lines_next(line_reader *reader)
{
    bool any = false;

    reader->line.len = 0;
    reader->too_long = false;
    while (!reader->failed) {
        const char *from, *newline;
        size_t len;

        if (reader->at == reader->end && (reader->ended || !refill(reader)))
            break;
        any = true;
        from = reader->chunk + reader->at;
        len = reader->end - reader->at;
        newline = memchr(from, '\n', len);
        if (newline)
            len = (size_t)(newline - from);
        if (!take(reader, from, len))
            break;
        reader->at += len + (newline ? 1 : 0);
        if (newline)
            break;
    }
    reader->number += any;
    return any && !reader->failed;
}

void lines_close(line_reader *reader)
{
    buffer_free(&reader->line);
    free(reader->chunk);
    reader->chunk = NULL;
}
