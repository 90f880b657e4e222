"""What the keeper's process does beside bringing journals into the ledger."""
