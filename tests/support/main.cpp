// Catch2's own main is compiled once, here.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
