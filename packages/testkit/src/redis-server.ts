/** A Redis server of our own, which may be ended and brought back. `restart` keeps its port and its data. */
export interface RedisServer {
  readonly url: string;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}
