// Reads a topic of `format: plain` and prints each change once, however often it was delivered.
//
//   java -cp 'kafka-clients.jar:jackson-databind.jar:...' Consumer.java BOOTSTRAP TOPIC [--once]

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

public class Consumer {
    // 0/16B3748:12 in an order of its own.
    record Position(long lsn, long ordinal) implements Comparable<Position> {
        static Position of(String text) {
            String[] parts = text.split("[/:]");
            long lsn = Long.parseLong(parts[0], 16) << 32 | Long.parseLong(parts[1], 16);
            return new Position(lsn, Long.parseLong(parts[2]));
        }

        public int compareTo(Position other) {
            int byLsn = Long.compareUnsigned(lsn, other.lsn);
            return byLsn != 0 ? byLsn : Long.compare(ordinal, other.ordinal);
        }
    }

    public static void main(String[] args) throws Exception {
        boolean once = args.length > 2 && args[2].equals("--once");
        Map<String, Object> settings = Map.of("bootstrap.servers", args[0], "group.id", "example-java",
                "enable.auto.commit", false, "auto.offset.reset", "earliest");
        ObjectMapper json = new ObjectMapper();
        // Of the last change applied, by partition: keep it with what you write.
        Map<Integer, Position> newest = new HashMap<>();
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(args[1]).stream()
                    .map(one -> new TopicPartition(args[1], one.partition())).toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (!once || all.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (record.value() == null) {
                        continue; // a tombstone follows its delete, for the broker's compaction
                    }
                    JsonNode change = json.readTree(record.value());
                    Position at = Position.of(change.get("position").asText());
                    Position last = newest.get(record.partition());
                    if (last != null && at.compareTo(last) <= 0) {
                        continue; // delivered again
                    }
                    newest.put(record.partition(), at);
                    System.out.println(change.get("position").asText() + " " + change.get("op").asText() + " "
                            + (change.has("key") ? change.get("key").toString() : "null"));
                }
            }
        }
    }
}
