#pragma once

#include <curl/curl.h>

namespace coffer {

// The functions of libcurl that the client calls. The library is loaded at the first request and stays: it
// brings two dozen others, whose loading would be half of every start (docs/decisions/0008).
struct CurlLibrary {
  decltype(&::curl_global_init_mem) global_init_mem;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
};

// Loads and sets up libcurl when called first. Any thread. Throws Error(Internal) when there is no usable
// libcurl; the next call tries again.
const CurlLibrary& curl();

}  // namespace coffer
