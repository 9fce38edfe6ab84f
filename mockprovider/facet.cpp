#include "mockprovider/facet.h"

namespace coffer::mock {

bool fits(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

bool fits_endpoint(const std::string& wanted, const std::string& endpoint) {
  return fits(wanted, endpoint) || (wanted == "api" && endpoint.starts_with("api:"));
}

}  // namespace coffer::mock
