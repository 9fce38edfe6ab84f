#pragma once

#include <atomic>

namespace coffer::mock {

// How many requests of all tenants may wait at the same time. Each of them holds a thread of the
// server, and some have to be left for those who would end the waiting. Any thread.
class WaitingPlaces {
 public:
  explicit WaitingPlaces(int most) : most_(most) {}

  // One place, if one was free, until the end of its life.
  class Place {
   public:
    explicit Place(WaitingPlaces& places) : places_(places), is_taken_(++places.taken_ <= places.most_) {}
    ~Place() { --places_.taken_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    explicit operator bool() const { return is_taken_; }

   private:
    WaitingPlaces& places_;
    const bool is_taken_;
  };

  int most() const { return most_; }

 private:
  const int most_;
  std::atomic<int> taken_{0};
};

}  // namespace coffer::mock
