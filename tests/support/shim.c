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

// The text as the rules leave it; the caller frees it.
static char* changed(const char* sql) {
  char* text = strdup(sql);
  const char* given = getenv("SHIM_SQL");
  char* rules = strdup(given ? given : "");
  for (char *rule = rules, *next; rule; rule = next) {
    next = strstr(rule, ";;");
    if (next) *next = 0, next += 2;
    char* to = strstr(rule, "=>");
    if (!to) continue;
    *to = 0, to += 2;
    for (const char* found = strstr(text, rule); found && *rule; found = strstr(text, rule)) {
      char* made = malloc(strlen(text) + strlen(to) + 1);
      memcpy(made, text, (size_t)(found - text));
      strcpy(made + (found - text), to);
      strcat(made, found + strlen(rule));
      free(text);
      text = made;
      if (strstr(to, rule)) break;
    }
  }
  free(rules);
  return text;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

PGresult* PQprepare(PGconn* c, const char* name, const char* sql, int count, const Oid* types) {
  char* text = changed(sql);
  PGresult* result = REAL(PQprepare)(c, name, text, count, types);
  free(text);
  return result;
}

int PQsendQueryPrepared(PGconn* c, const char* name, int count, const char* const* values, const int* lengths, const int* formats, int form) {
  stop_at(role_of(c), name);
  return REAL(PQsendQueryPrepared)(c, name, count, values, lengths, formats, form);
}

int PQsendQueryParams(PGconn* c, const char* sql, int count, const Oid* types, const char* const* values, const int* lengths,
                      const int* formats, int form) {
  if (strcmp(sql, "commit") == 0) stop_at(role_of(c), "commit");
  char* text = changed(sql);
  const int sent = REAL(PQsendQueryParams)(c, text, count, types, values, lengths, formats, form);
  free(text);
  return sent;
}

PGresult* PQexec(PGconn* c, const char* sql) {
  char* text = changed(sql);
  PGresult* result = REAL(PQexec)(c, text);
  free(text);
  return result;
}

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
