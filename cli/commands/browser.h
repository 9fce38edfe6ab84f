#pragma once

#include <string>

namespace coffer::cli {

// Asks the desktop to open an http(s) URL. Does nothing where there is no desktop.
void open_browser(const std::string& url);

}  // namespace coffer::cli
