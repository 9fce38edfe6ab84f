#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "tests/support/test_env.h"
#include "vault/model/connection.h"
#include "vault/model/token_set.h"
#include "vault/store/database.h"

namespace coffer::bench {

std::unique_ptr<Database> open_database(const std::filesystem::path& path, testing::TestEnv& env);

// A grant whose two tokens have `bytes` characters together.
TokenSet token_set(testing::TestEnv& env, std::size_t bytes);

// `count` ACTIVE accounts of as many users, each with a sealed grant.
std::vector<Connection> populate(Database& database, testing::TestEnv& env, std::size_t count);

}  // namespace coffer::bench
