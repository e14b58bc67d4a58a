// The writers of one line of work, each a thread with its own connection, so that one prepares while another waits for the database.
#pragma once
#include <memory>
#include <vector>

#include "store/writer.hpp"

namespace crossdock::hub {

/// Requests that say the same in meets_on() go to the same writer, in their order. Any thread.
class Writers {
 public:
  Writers(const postgres::Settings& database, const store::Shared& shared, store::WriterSettings each, std::size_t count);

  void submit(std::shared_ptr<ledger::Request> request, const store::Completion& done);
  void stop();
  /// Of all of them together.
  store::WriterFigures figures() const;
  /// Of the one for which most waits.
  std::size_t waiting() const;
  /// Of each.
  std::size_t room() const { return all_.front()->room(); }

 private:
  std::vector<std::unique_ptr<store::Writer>> all_;
};

}  // namespace crossdock::hub
