// Inside this room only, and only in a build with AddressSanitizer.
#pragma once
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
/// libpqxx 6 loses one result (2 kB) each time a connection breaks during a call: it asks the dead connection for its encoding before
/// it takes the result over. 7 does not. Weak, so that a program may have a list of its own.
extern "C" [[gnu::weak]] const char* __lsan_default_suppressions() { return "leak:libpqxx-6\n"; }
#endif
