/** What a person is told of an id that no request has; the producer says the same. */
export const unknownRequest =
  'No request has this id: it was never accepted, waits for a worker that knows its consumer (a plain BullMQ job), ' +
  'or its record has aged out.';
