// Members of validation's answers.
#include "crossdock/model/finding.hpp"
#include "model/field.hpp"

namespace crossdock {
namespace {

constexpr Field finding_fields[] = {
    field<&Finding::code>("code", required, rule::code, "stable, part of the contract"),
    field<&Finding::severity>("severity", required, rule::plain, "what the finding asks for"),
    field<&Finding::pointer>("pointer", required, rule::text, "JSON Pointer to the member concerned"),
    field<&Finding::message>("message", required, rule::text, "for people"),
    field<&Finding::value>("value", optional, rule::text, "what was found"),
    field<&Finding::allowed>("allowed", optional, rule::text, "what would do"),
    field<&Finding::suggestion>("suggestion", optional, rule::text, "what to do"),
    field<&Finding::source_system>("source_system", optional, rule::code, "who said so"),
    field<&Finding::source_code>("source_code", optional, rule::text, "in its own words"),
    field<&Finding::as_of>("as_of", optional, rule::plain, "the age of what it rests on"),
    field<&Finding::retryable>("retryable", optional, rule::plain, "whether the same order may pass later"),
};

constexpr Field check_fields[] = {
    field<&Check::name>("name", required, rule::code, "credit, customer, item, price, atp, ..."),
    field<&Check::status>("status", required, rule::plain, "how it went"),
    field<&Check::source>("source", optional, rule::code, "who was asked"),
    field<&Check::duration_ms>("duration_ms", optional, rule::integer(0), "how long the answer took"),
    field<&Check::age_ms>("age_ms", optional, rule::integer(0), "how old the answer is"),
};

constexpr Field promise_fields[] = {
    field<&Promise::line>("line", omitted, rule::line, "the order line, where the promise does not stand under it"),
    field<&Promise::quantity>("quantity", required, rule::above_zero, "how much"),
    field<&Promise::date>("date", required, rule::plain, "the ship date"),
    field<&Promise::location>("location", required, rule::code, "from where"),
    field<&Promise::version>("version", omitted, rule::integer(0), "the position's version that the grant made"),
};

constexpr Field validation_fields[] = {
    field<&Validation::decision>("decision", required, rule::plain, "what would become of the order"),
    field<&Validation::as_of>("as_of", required, rule::plain, "when"),
    field<&Validation::correlation_id>("correlation_id", required, rule::text, "the request's"),
    field<&Validation::findings>("findings", required, rule::many, "what was found"),
    field<&Validation::checks>("checks", required, rule::many, "what was checked, and what was not"),
    field<&Validation::promises>("promises", required, rule::many, "what would be promised"),
};

}  // namespace

const Shape& shape_of(Of<Finding>) {
  static const Shape shape("Finding", "One thing that validation has to say.", finding_fields);
  return shape;
}

const Shape& shape_of(Of<Check>) {
  static const Shape shape("Check", "One check: made or not, by whom, how old.", check_fields);
  return shape;
}

const Shape& shape_of(Of<Promise>) {
  static const Shape shape("Promise", "So much, from there, on that ship date.", promise_fields);
  return shape;
}

const Shape& shape_of(Of<Validation>) {
  static const Shape shape("Validation", "The answer to an order's validation.", validation_fields);
  return shape;
}

}  // namespace crossdock
