/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of B.3.3: the W3C note's forms, and seconds since 1970. */
#include "oracle_parts.h"

#include <string.h>

typedef struct instant {
    long long seconds;
    const char *fraction; /* digits behind the point */
    size_t fraction_len;
} instant;

/* Exactly `count` digits. */
static bool take_number(const char **text, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++) {
        char digit = **text;
        if (digit < '0' || digit > '9')
            return false;
        *out = 10 * *out + (digit - '0');
        (*text)++;
    }
    return true;
}

static bool take(const char **text, char letter)
{
    if (**text != letter)
        return false;
    (*text)++;
    return true;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01, counted one year and one month at a time. */
static long long days_since_1970(int year, int month, int day)
{
    long long days = day - 1;
    for (int y = 1970; y < year; y++)
        days += leap(y) ? 366 : 365;
    for (int y = year; y < 1970; y++)
        days -= leap(y) ? 366 : 365;
    for (int m = 1; m < month; m++)
        days += days_in(year, m);
    return days;
}

/* The zone's distance from UTC in seconds: Z, +hh:mm or -hh:mm. */
static bool take_zone(const char **text, long long *seconds)
{
    *seconds = 0;
    if (take(text, 'Z'))
        return true;
    int sign = **text == '-' ? -1 : 1;
    int hours;
    int minutes;
    if (!take(text, '+') && !take(text, '-'))
        return false;
    if (!take_number(text, 2, &hours) || !take(text, ':') ||
        !take_number(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *seconds = sign * (hours * 3600LL + minutes * 60LL);
    return true;
}

/* hh:mm, then perhaps :ss, then perhaps a fraction, then the zone. */
static bool take_time(const char **text, instant *out)
{
    int hour;
    int minute;
    int second = 0;
    long long zone;
    if (!take_number(text, 2, &hour) || !take(text, ':') ||
        !take_number(text, 2, &minute) || hour > 23 || minute > 59)
        return false;
    if (take(text, ':')) {
        if (!take_number(text, 2, &second) || second > 59)
            return false;
        if (take(text, '.')) {
            out->fraction = *text;
            out->fraction_len = strspn(*text, "0123456789");
            *text += out->fraction_len;
            if (out->fraction_len == 0)
                return false;
        }
    }
    if (!take_zone(text, &zone))
        return false;
    out->seconds += hour * 3600LL + minute * 60LL + second - zone;
    return true;
}

static bool parse_epoch(const char *text, instant *out)
{
    size_t len = strlen(text);
    if (len == 0 || len > 15 || strspn(text, "0123456789") != len)
        return false;
    for (; *text; text++)
        out->seconds = 10 * out->seconds + (*text - '0');
    return true;
}

static bool parse_date(const char *text, instant *out)
{
    int year;
    int month;
    int day = 1;
    *out = (instant){0, "", 0};
    if (parse_epoch(text, out))
        return true;
    if (!take_number(&text, 4, &year) || !take(&text, '-') ||
        !take_number(&text, 2, &month) || month < 1 || month > 12)
        return false;
    bool whole = take(&text, '-');
    if (whole &&
        (!take_number(&text, 2, &day) || day < 1 || day > days_in(year, month)))
        return false;
    out->seconds = days_since_1970(year, month, day) * 86400;
    if (whole && take(&text, 'T') && !take_time(&text, out))
        return false;
    return *text == '\0';
}

/* The fraction's digit at `index`; behind its end come zeros. */
static char fraction_digit(const instant *value, size_t index)
{
    return index < value->fraction_len ? value->fraction[index] : '0';
}

bool oracle_compare_dates(const char *one, const char *other, int *order)
{
    instant a;
    instant b;
    if (!parse_date(one, &a) || !parse_date(other, &b))
        return false;
    *order = a.seconds < b.seconds ? -1 : a.seconds > b.seconds;
    for (size_t i = 0; *order == 0 && i < a.fraction_len + b.fraction_len; i++)
        *order = fraction_digit(&a, i) - fraction_digit(&b, i);
    return true;
}
