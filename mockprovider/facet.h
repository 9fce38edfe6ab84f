#pragma once

#include <string>

namespace coffer::mock {

// What faults and the journal choose requests by. Nothing wanted: anything fits.
bool fits(const std::string& wanted, const std::string& value);

// As fits(); "api" fits the endpoint of every toolkit, "api:<toolkit>".
bool fits_endpoint(const std::string& wanted, const std::string& endpoint);

}  // namespace coffer::mock
