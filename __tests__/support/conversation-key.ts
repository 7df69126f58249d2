let created = 0;

/** Of a conversation that no test has used yet. */
export const newKey = () => ({
  user_id: "demo",
  conversation_id: `550e8400-e29b-41d4-a716-${String((created += 1)).padStart(12, "0")}`,
});

export type Key = ReturnType<typeof newKey>;
