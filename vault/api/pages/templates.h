#pragma once

namespace coffer::api {

// Mustache, escaping tags only: no "{{{" and no "{{&".
extern const char* const kLayoutTemplate;
extern const char* const kLinkTemplate;
extern const char* const kFieldTemplate;  // what its inputs and text areas have in common
extern const char* const kMessageTemplate;

extern const char* const kStyleSheet;

}  // namespace coffer::api
