#pragma once

namespace walferry {

// Prints the broken condition with its place to stderr and aborts. On in release builds: an event
// that may be wrong is worse than a restart. Bytes from outside never decide a condition.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace walferry

#define WALFERRY_ASSERT(condition)      \
    ((condition) ? static_cast<void>(0) \
                 : ::walferry::assertion_failed(#condition, __FILE__, __LINE__))
