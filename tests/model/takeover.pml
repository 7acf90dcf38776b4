/* The acknowledgement protocol with a state topic and takeover: README.md explains it.
 *
 * WAL: transactions 1..N, all committed; "flush f" means that the server never sends 1..f again.
 * Two instances, each with a few sessions. One may be paused anywhere and wake up later: what its
 * producers have under way arrives then, or never. A stranger may advance the slot once.
 */
#ifndef N
#define N 2
#endif
#ifndef KEYS_ARE
#define KEYS_ARE 4      /* sessions of both instances together: 3 or 4 */
#endif
#define KEYS KEYS_ARE
#ifndef FIRST_OF_SECOND
#define FIRST_OF_SECOND 2   /* sessions below belong to the first instance */
#endif
#ifndef STRANGER
#define STRANGER 1
#endif
#define NOBODY 255

/* Deliberate mistakes, each of which must give a counterexample. */
#ifndef BROKEN
#define BROKEN 0
#endif
#define ACK_BEFORE_CONFIRM   (BROKEN == 1)   /* position = received, not confirmed */
#define STATE_AFTER_ACK      (BROKEN == 2)
#define ONE_KEY              (BROKEN == 3)   /* all sessions write one key: compaction keeps the last */
#define NO_SECOND_READ       (BROKEN == 4)   /* what was read before START is believed after it */
#define LAST_RECORD_WINS     (BROKEN == 5)   /* newest session's record instead of the highest position */
#define CLEAN_BEFORE_RECORD  (BROKEN == 6)   /* others' records removed before the own is confirmed */
#define OLD_RECORD_COUNTS    (BROKEN == 7)   /* a position stored in an earlier session is acknowledged */
#define RECEIVED_AFTER_SWAP  (BROKEN == 8)   /* a new producer goes on behind what the old one had */
#define NO_SLOT_CHECK        (BROKEN == 9)   /* slot and state are not compared */

/* PostgreSQL. */
byte slot = 0;              /* confirmed_flush */
byte holder = NOBODY;       /* the session whose walsender is active */
bool meddled = false;       /* the stranger was here */

/* Kafka: transactions in the topics; of each session's key the newest record, 0: none. */
bool topic[N + 1];
byte record[KEYS];
byte newest = NOBODY;       /* key that was written last */

/* Under way to the broker; survives the death of who sent it. */
byte data_sent[KEYS];       /* by producer: handed over up to here ... */
byte data_done[KEYS];       /* ... in the log up to here */
byte state_sent[KEYS];      /* a record; 0: none */
bool clean_sent[KEYS * KEYS];   /* [by * KEYS + which]: a tombstone */

#define KEY_OF(k) (ONE_KEY -> 0 : (k))

/* The highest position that any session stored. */
inline read_state(result) {
    d_step {
        result = 0;
        i = 0;
        do
        :: i < KEYS && record[i] > result -> result = record[i]; i++
        :: i < KEYS && record[i] <= result -> i++
        :: i == KEYS -> break
        od;
        i = 0;
        if
        :: LAST_RECORD_WINS && newest != NOBODY -> result = record[newest]
        :: else -> skip
        fi
    }
}

inline require_published(from, to) {
    i = from;
    do
    :: i <= to -> assert(topic[i]); i++
    :: else -> break
    od;
    i = 0
}

inline acknowledge(position) {
    d_step {
        if
        :: position > slot -> require_published(slot + 1, position); slot = position
        :: else -> skip
        fi
    }
}

/* Tombstones for the keys that the second read saw, except the own. */
inline clean(k) {
    d_step {
        i = 0;
        do
        :: i < KEYS ->
            if
            :: read_then[i] -> clean_sent[k * KEYS + i] = true; read_then[i] = false
            :: else -> skip
            fi;
            i++
        :: else -> break
        od;
        i = 0
    }
}

/* What a session may store: all that its producer had confirmed, and what it read. */
#define CONFIRMED (ACK_BEFORE_CONFIRM -> received : data_done[producer])
#define POSITION ((CONFIRMED) > known -> (CONFIRMED) : known)

#define DATA(k) \
    :: d_step { data_done[k] < data_sent[k] -> data_done[k]++; topic[data_done[k]] = true }
#define STATE(k) \
    :: d_step { state_sent[k] != 0 -> \
       record[KEY_OF(k)] = state_sent[k]; newest = KEY_OF(k); state_sent[k] = 0 }
#define CLEAN(k, j) \
    :: d_step { clean_sent[k * KEYS + j] -> clean_sent[k * KEYS + j] = false; record[j] = 0 }

/* What is under way arrives, in order within a partition and a key, at any time or never. The
 * server drops connections; a stranger moves the slot while nobody streams. */
active proctype surroundings() {
end:
    do
    DATA(0) DATA(1) DATA(2)
    STATE(0) STATE(1) STATE(2)
    CLEAN(0, 1) CLEAN(0, 2) CLEAN(1, 0) CLEAN(1, 2) CLEAN(2, 0) CLEAN(2, 1)
#if KEYS_ARE > 3
    DATA(3) STATE(3)
    CLEAN(0, 3) CLEAN(1, 3) CLEAN(2, 3) CLEAN(3, 0) CLEAN(3, 1) CLEAN(3, 2)
#endif
    :: holder != NOBODY -> holder = NOBODY
    :: d_step { holder == NOBODY && !meddled && STRANGER -> meddled = true; slot = N }
    od
}

/* One walferry: a few sessions, each with a key of its own. Between any two steps it may be paused
 * for as long as the others like. */
proctype instance(byte first; byte last) {
    byte k = first;         /* this session and its key */
    byte producer = first;
    byte known;             /* position read from the state topic */
    byte received = 0;
    byte writing = 0;       /* a record of this session is under way */
    byte stored = 0;        /* confirmed under this session's key */
    byte before;
    byte i;
    bool read_then[KEYS];
    bool fresh = true;      /* the producer has nothing yet */
    bool cleaned = false;

session:
    read_state(known);
    before = known;

    /* START_REPLICATION waits until the slot is free. */
    atomic {
        holder == NOBODY ->
        holder = k;
        if
        :: !fresh && slot <= received && known <= received ->
            skip                                /* the same producer: behind what it has */
        :: true ->                              /* another one: behind what is known */
            producer = k;
            fresh = false;
            received = (RECEIVED_AFTER_SWAP -> received : 0);
            received = (received > slot -> received : slot);
            received = (received > known -> received : known);
            data_sent[producer] = received;
            data_done[producer] = received
        fi
    }

    /* The second read, now that nobody else can move the slot. */
    d_step {
        read_state(known);
        known = (NO_SECOND_READ -> before : known);
        before = 0;
        i = 0;
        do
        :: i < KEYS -> read_then[i] = (record[i] != 0 && i != k); i++
        :: else -> break
        od;
        i = 0
    }
    if
    :: holder != k -> goto over
    :: atomic { holder == k && slot > known && !NO_SLOT_CHECK ->
        assert(meddled);                        /* an alarm must be true */
        holder = NOBODY };
        goto stopped
    :: d_step { holder == k && (slot <= known || NO_SLOT_CHECK) ->
        require_published(1, slot) }            /* and a gap must not go unseen */
    fi;
    stored = (OLD_RECORD_COUNTS -> stored : 0);
    writing = 0;
    cleaned = false;
    if
    :: CLEAN_BEFORE_RECORD -> clean(k); cleaned = true
    :: else -> skip
    fi;

    do
    :: atomic { holder == k && received < N && data_sent[producer] == received ->
        received++; data_sent[producer] = received }
    :: atomic { writing == 0 && POSITION > stored && !STATE_AFTER_ACK ->
        writing = POSITION; state_sent[k] = writing }
    :: atomic { writing == 0 && POSITION > stored && STATE_AFTER_ACK && holder == k ->
        writing = POSITION; acknowledge(writing); state_sent[k] = writing }
    :: atomic { writing != 0 && state_sent[k] == 0 -> stored = writing; writing = 0 }
    :: atomic { stored > slot && holder == k && !STATE_AFTER_ACK -> acknowledge(stored) }
    :: atomic { stored != 0 && !cleaned && !ONE_KEY -> clean(k); cleaned = true }
    :: atomic { holder == k -> holder = NOBODY }; break     /* the connection breaks */
    :: holder != k -> break
    od;

over:
    atomic {
        i = 0;
        do
        :: i < KEYS -> read_then[i] = false; i++
        :: else -> break
        od;
        i = 0;
        writing = 0;
        cleaned = false;
        known = 0;
        stored = (OLD_RECORD_COUNTS -> stored : 0);
    }
    if
    :: k < last -> k++; goto session
    :: else -> skip
    fi;
stopped:
    skip
}

init {
    atomic { run instance(0, FIRST_OF_SECOND - 1); run instance(FIRST_OF_SECOND, KEYS - 1) }
}
