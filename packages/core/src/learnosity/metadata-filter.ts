/** UNIX seconds or ISO 8601. */
type LearnosityTime = number | string;

/** The filters of `get /sessions/metadata`, in Learnosity's own words. Lists take up to 1,000 values each. */
export type MetadataFilter = Readonly<{
  session_id?: readonly string[];
  user_id?: readonly string[];
  activity_id?: readonly string[];
  status?: readonly ('Incomplete' | 'Completed' | 'Discarded' | 'Pending Scoring')[];
  mintime?: LearnosityTime;
  maxtime?: LearnosityTime;
  mintime_started?: LearnosityTime;
  maxtime_started?: LearnosityTime;
  mintime_completed?: LearnosityTime;
  maxtime_completed?: LearnosityTime;
  sort?: 'asc' | 'desc';
  /** Records a page, at most 50 (the default). */
  limit?: number;
}>;
