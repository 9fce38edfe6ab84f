#include "vault/net/request_target.h"

#include <algorithm>

namespace coffer {
namespace {

bool is_plain_segment(std::string_view segment) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  return segment != "." && segment != ".." && std::none_of(segment.begin(), segment.end(), is_control);
}

}  // namespace

std::string RequestTarget::path() const {
  return "/" + join(segments, "/");
}

std::optional<RequestTarget> parse_target(std::string_view target) {
  if (!target.starts_with('/') || target.find('#') != std::string_view::npos) return std::nullopt;
  const std::size_t question = target.find('?');
  RequestTarget parsed;
  for (const std::string& raw : split(target.substr(0, question), '/')) {
    auto segment = percent_decode(raw);
    if (!segment || !is_plain_segment(*segment)) return std::nullopt;
    parsed.segments.push_back(std::move(*segment));
  }
  if (question == std::string_view::npos) return parsed;
  auto query = parse_form(target.substr(question + 1));
  if (!query) return std::nullopt;
  parsed.query = std::move(*query);
  return parsed;
}

}  // namespace coffer
