#pragma once

#include <string_view>

namespace coffer::mock {

// Mustache templates and the style sheet.
extern const std::string_view kPageFrame;  // title, body; wide or not
extern const std::string_view kLoginBody;
extern const std::string_view kConsentBody;
extern const std::string_view kDeviceBody;
extern const std::string_view kMessageBody;
extern const std::string_view kProblemBody;
extern const std::string_view kTwiceBody;  // callback
extern const std::string_view kIndexBody;
extern const std::string_view kStyleSheet;

}  // namespace coffer::mock
