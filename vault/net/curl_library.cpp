#include "vault/net/curl_library.h"

#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "vault/base/error.h"
#include "vault/base/secret.h"

namespace coffer {
namespace {

constexpr const char* kFileName = "libcurl.so.4";  // the ABI that curl keeps since 2006

// curl's own buffers see every credential that goes out: wiped when given back.
void wiping_free(void* memory) {
  if (memory == nullptr) return;
  wipe(memory, malloc_usable_size(memory));
  std::free(memory);
}

void* wiping_realloc(void* memory, std::size_t size) {
  void* larger = std::malloc(size);
  if (larger == nullptr || memory == nullptr) return larger;
  std::memcpy(larger, memory, std::min(size, malloc_usable_size(memory)));
  wiping_free(memory);
  return larger;
}

char* plain_strdup(const char* text) {
  return ::strdup(text);
}

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) throw Error(ErrorCode::Internal, std::string(kFileName) + " has no " + name);
}

CurlLibrary load() {
  void* library = ::dlopen(kFileName, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    throw Error(ErrorCode::Internal, std::string(kFileName) + " cannot be loaded", "install libcurl4");
  }
  CurlLibrary curl{};
  find(library, "curl_global_init_mem", curl.global_init_mem);
  find(library, "curl_easy_init", curl.easy_init);
  find(library, "curl_easy_setopt", curl.easy_setopt);
  find(library, "curl_easy_perform", curl.easy_perform);
  find(library, "curl_easy_getinfo", curl.easy_getinfo);
  find(library, "curl_easy_reset", curl.easy_reset);
  find(library, "curl_easy_cleanup", curl.easy_cleanup);
  find(library, "curl_easy_strerror", curl.easy_strerror);
  find(library, "curl_slist_append", curl.slist_append);
  find(library, "curl_slist_free_all", curl.slist_free_all);
  const CURLcode code = curl.global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc, wiping_free, wiping_realloc,
                                             plain_strdup, std::calloc);
  if (code != CURLE_OK) throw Error(ErrorCode::Internal, "the HTTP client cannot be set up");
  return curl;
}

}  // namespace

const CurlLibrary& curl() {
  static const CurlLibrary library = load();
  return library;
}

}  // namespace coffer
