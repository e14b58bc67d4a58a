// LD_PRELOAD between the daemon and libpq / librdkafka: makes faults happen at one exact point, and broken variants of the daemon for
// negative controls, without a line of test code in the daemon.
//   SHIM_SQL=FROM=>TO;;FROM=>TO   in each statement that is prepared or executed, the text FROM becomes TO
//   SHIM_STOP=PLACE=FILE          the process stops itself (SIGSTOP) at PLACE, once, as soon as FILE exists (it is removed)
//     PLACE: ROLE:STATEMENT before a prepared statement of the connection crossdock/ROLE, ROLE:commit before its COMMIT,
//            produce before a record is handed to librdkafka, produceN before the Nth one since FILE exists
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct PGconn PGconn;
typedef struct PGresult PGresult;
typedef unsigned Oid;
extern const char* PQparameterStatus(const PGconn*, const char*);

static const char* role_of(const PGconn* connection) {
  const char* name = PQparameterStatus(connection, "application_name");
  const char* slash = name ? strrchr(name, '/') : NULL;
  return slash ? slash + 1 : "";
}

static void stop_at(const char* role, const char* statement) {
  const char* wanted = getenv("SHIM_STOP");
  const char* file = wanted ? strchr(wanted, '=') : NULL;
  if (!file) return;
  char place[128];
  strcpy(place, "");
  if (*role) strncat(strncat(place, role, 60), ":", 2);
  strncat(place, statement, 60);
  if (strlen(place) != (size_t)(file - wanted) || strncmp(place, wanted, strlen(place)) != 0) return;
  // At this thread: a signal to the process may be taken by another, and this one would go on for a moment.
  if (unlink(file + 1) == 0) raise(SIGSTOP);
}

// The changed text lives as long as the process: statements are prepared a few times only.
static const char* changed(const char* sql) {
  const char* rules = getenv("SHIM_SQL");
  if (!rules || !sql) return sql;
  char* copy = strdup(rules);
  for (char *rule = copy, *next; rule; rule = next) {
    next = strstr(rule, ";;");
    if (next) *next = 0, next += 2;
    char* to = strstr(rule, "=>");
    if (!to) continue;
    *to = 0, to += 2;
    for (const char* found = strstr(sql, rule); found && *rule; found = strstr(sql, rule)) {
      char* made = malloc(strlen(sql) + strlen(to) + 1);
      memcpy(made, sql, (size_t)(found - sql));
      strcpy(made + (found - sql), to);
      strcat(made, found + strlen(rule));
      sql = made;
      if (strstr(to, rule)) break;
    }
  }
  free(copy);
  return sql;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

PGresult* PQprepare(PGconn* c, const char* name, const char* sql, int count, const Oid* types) {
  return REAL(PQprepare)(c, name, changed(sql), count, types);
}

int PQsendQueryPrepared(PGconn* c, const char* name, int count, const char* const* values, const int* lengths, const int* formats, int form) {
  stop_at(role_of(c), name);
  return REAL(PQsendQueryPrepared)(c, name, count, values, lengths, formats, form);
}

int PQsendQueryParams(PGconn* c, const char* sql, int count, const Oid* types, const char* const* values, const int* lengths,
                      const int* formats, int form) {
  if (strcmp(sql, "commit") == 0) stop_at(role_of(c), "commit");
  return REAL(PQsendQueryParams)(c, changed(sql), count, types, values, lengths, formats, form);
}

PGresult* PQexec(PGconn* c, const char* sql) { return REAL(PQexec)(c, changed(sql)); }

void* rd_kafka_produceva(void* handle, const void* fields, size_t count) {
  static int since;
  const char* wanted = getenv("SHIM_STOP");
  const char* file = wanted ? strchr(wanted, '=') : NULL;
  since = file && access(file + 1, F_OK) == 0 ? since + 1 : 0;
  char numbered[32];
  snprintf(numbered, sizeof numbered, "produce%d", since);
  stop_at("", "produce");
  stop_at("", numbered);
  return ((void* (*)(void*, const void*, size_t))dlsym(RTLD_NEXT, "rd_kafka_produceva"))(handle, fields, count);
}
