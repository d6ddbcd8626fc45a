//! Every JSON shape that crosses a wire: requests, responses, events, problems.
