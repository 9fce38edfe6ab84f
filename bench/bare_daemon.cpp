// The rival of the start-up and request figures: what a daemon of cpp-httplib and SQLite costs
// that does nothing. Opens the database named in argv, prints its port, answers /hello.
#include <SQLiteCpp/SQLiteCpp.h>
#include <httplib.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  SQLite::Database database(argv[1], SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec("PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY)");
  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  server.Get("/hello", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"hello":"world"})", "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::printf("{\"port\":%d}\n", port);
  std::fflush(stdout);
  server.listen_after_bind();
}
