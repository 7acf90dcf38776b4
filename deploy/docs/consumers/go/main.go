// Reads a topic of `format: plain` and prints each change once, however often it was delivered.
//
//	go run . BOOTSTRAP TOPIC [--once]
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/segmentio/kafka-go"
)

type position struct {
	high, low uint32
	ordinal   uint64
}

// orderOf reads 0/16B3748:12.
func orderOf(text string) (at position, err error) {
	_, err = fmt.Sscanf(text, "%X/%X:%d", &at.high, &at.low, &at.ordinal)
	return at, err
}

func (at position) after(other position) bool {
	if at.high != other.high {
		return at.high > other.high
	}
	if at.low != other.low {
		return at.low > other.low
	}
	return at.ordinal > other.ordinal
}

type change struct {
	Position string          `json:"position"`
	Op       string          `json:"op"`
	Key      json.RawMessage `json:"key"`
}

// read goes through one partition; where once is set, to the end that it has now.
func read(bootstrap, topic string, partition int, once bool) error {
	ctx := context.Background()
	leader, err := kafka.DialLeader(ctx, "tcp", bootstrap, topic, partition)
	if err != nil {
		return err
	}
	end, err := leader.ReadLastOffset()
	if err != nil {
		return err
	}
	leader.Close()
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{bootstrap}, Topic: topic, Partition: partition})
	defer reader.Close()
	var newest position // of the last change applied: keep it with what you write
	for next := int64(0); !once || next < end; {
		record, err := reader.ReadMessage(ctx)
		if err != nil {
			return err
		}
		next = record.Offset + 1
		if record.Value == nil {
			continue // a tombstone follows its delete, for the broker's compaction
		}
		found := change{Key: json.RawMessage("null")}
		if err := json.Unmarshal(record.Value, &found); err != nil {
			return err
		}
		at, err := orderOf(found.Position)
		if err != nil {
			return err
		}
		if !at.after(newest) {
			continue // delivered again
		}
		newest = at
		fmt.Println(found.Position, found.Op, string(found.Key))
	}
	return nil
}

func main() {
	if len(os.Args) < 3 {
		log.Fatal("usage: consumer BOOTSTRAP TOPIC [--once]")
	}
	once := len(os.Args) > 3 && os.Args[3] == "--once"
	partitions, err := kafka.LookupPartitions(context.Background(), "tcp", os.Args[1], os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	failed := make(chan error, len(partitions))
	for _, one := range partitions {
		go func(id int) { failed <- read(os.Args[1], os.Args[2], id, once) }(one.ID)
	}
	for range partitions {
		if err := <-failed; err != nil {
			log.Fatal(err)
		}
	}
}
