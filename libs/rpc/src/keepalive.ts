import type { ChannelOptions } from '@grpc/grpc-js';

const pingEveryMs = 60_000;
const maxMessageBytes = 16 * 1024 ** 2;

// Both ends agree: servers of other make refuse pings more often than every five minutes unless they are told.
const shared: ChannelOptions = {
  'grpc.keepalive_time_ms': pingEveryMs,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.keepalive_permit_without_calls': 0,
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
};

export const serverChannel: ChannelOptions = {
  ...shared,
  'grpc.http2.min_ping_interval_without_data_ms': pingEveryMs / 2,
};
export const clientChannel: ChannelOptions = shared;
