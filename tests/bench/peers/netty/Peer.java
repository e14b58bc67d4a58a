// A bare Netty + Jackson (streaming) server that does the hub's availability check: `java Peer PORT LOOPS KEY JDBC_URL`.
// The same answer from the same positions, read from the hub's database by JDBC; key looked up, correlation id given, answers counted.
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

public final class Peer {
  record Position(String location, long onHand, long demand, Instant asOf) {
    long available() { return onHand - demand; }
  }

  record Line(String sku, long quantity) {}

  static final JsonFactory JSON = new JsonFactory();
  static final Map<String, Position[]> POSITIONS = new HashMap<>();
  static final Map<String, String> CLIENTS = new HashMap<>();
  static final LongAdder ANSWERS = new LongAdder(), REFUSALS = new LongAdder(), NANOS = new LongAdder();

  static java.util.List<Line> read(InputStream in) throws java.io.IOException {
    var lines = new java.util.ArrayList<Line>(4);
    try (JsonParser json = JSON.createParser(in)) {
      String sku = null;
      long quantity = 0;
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "sku".equals(json.currentName())) sku = json.getText();
        if (token == JsonToken.VALUE_STRING && "quantity".equals(json.currentName())) quantity = Long.parseLong(json.getText());
        if (token == JsonToken.END_OBJECT && sku != null) {
          lines.add(new Line(sku, quantity));
          sku = null;
        }
      }
    }
    return lines;
  }

  /** All from the first place that has it all (they are in order of priority), else from one place after the other. */
  static void line(JsonGenerator json, Line line, String today, Instant now) throws java.io.IOException {
    Position[] places = POSITIONS.get(line.sku());
    json.writeStartObject();
    json.writeStringField("sku", line.sku());
    long all = 0;
    if (places != null) for (Position each : places) all += each.available();
    boolean full = all >= line.quantity();
    json.writeStringField("status", places == null ? "unknown_item" : full ? "available" : "partial");
    json.writeStringField("requested", Long.toString(line.quantity()));
    json.writeStringField("uom", "EA");
    json.writeStringField("date", today);
    json.writeStringField("available", Long.toString(all));
    json.writeArrayFieldStart("confirmed");
    long open = line.quantity();
    if (places != null) {
      Position whole = null;
      for (Position each : places) if (whole == null && each.available() >= open) whole = each;
      for (Position each : whole != null ? new Position[] {whole} : places) {
        long part = Math.min(open, each.available());
        if (part <= 0) continue;
        open -= part;
        json.writeStartObject();
        json.writeStringField("quantity", Long.toString(part));
        json.writeStringField("date", today);
        json.writeStringField("location", each.location());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
    json.writeStringField("earliest_full_date", full ? today : null);
    json.writeArrayFieldStart("locations");
    if (places != null)
      for (Position each : places) {
        json.writeStartObject();
        json.writeStringField("location", each.location());
        json.writeStringField("available", Long.toString(each.available()));
        json.writeStringField("on_hand", Long.toString(each.onHand()));
        json.writeStringField("as_of", each.asOf().toString());
        json.writeNumberField("age_ms", Duration.between(each.asOf(), now).toMillis());
        json.writeBooleanField("stale", false);
        json.writeEndObject();
      }
    json.writeEndArray();
    json.writeEndObject();
  }

  static void answer(InputStream in, OutputStream out) throws java.io.IOException {
    var lines = read(in);
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    String today = LocalDate.ofInstant(now, ZoneOffset.UTC).toString();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("as_of", now.toString());
      json.writeStringField("method", "cumulative_lookahead");
      json.writeArrayFieldStart("lines");
      for (Line each : lines) line(json, each, today, now);
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  static final class Handler extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) throws Exception {
      long begun = System.nanoTime();
      String key = request.headers().get("X-Api-Key");
      String client = key == null ? null : CLIENTS.get(key);
      boolean known = client != null && request.uri().equals("/v1/availability/check");
      ByteBuf body = context.alloc().buffer(4096);
      if (known) answer(new ByteBufInputStream(request.content()), new ByteBufOutputStream(body));
      var status = known ? HttpResponseStatus.OK : HttpResponseStatus.UNAUTHORIZED;
      var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
      String correlation = request.headers().get("X-Correlation-Id");
      var random = ThreadLocalRandom.current();
      response.headers().set("X-Correlation-Id",
          correlation != null ? correlation : new UUID(random.nextLong(), random.nextLong()).toString());
      response.headers().set("Content-Type", "application/json").setInt("Content-Length", body.readableBytes());
      boolean alive = HttpUtil.isKeepAlive(request);
      var written = context.write(response);
      if (!alive) written.addListener(ChannelFutureListener.CLOSE);
      (known ? ANSWERS : REFUSALS).increment();
      NANOS.add(System.nanoTime() - begun);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) { context.flush(); }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable why) { context.close(); }
  }

  /** All positions of the snapshot, streamed: a cursor of 10,000 rows at a time. */
  static void load(String url) throws java.sql.SQLException {
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    var found = new HashMap<String, java.util.ArrayList<Position>>();
    try (var connection = java.sql.DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      try (var statement = connection.prepareStatement("select sku, location, on_hand::int8 from position")) {
        statement.setFetchSize(10_000);
        var places = new HashMap<String, String>();
        for (var rows = statement.executeQuery(); rows.next();) {
          String place = places.computeIfAbsent(rows.getString(2), each -> each);
          found.computeIfAbsent(rows.getString(1), each -> new java.util.ArrayList<>(4)).add(new Position(place, rows.getLong(3), 0, now));
        }
      }
    }
    found.forEach((sku, at) -> {
      at.sort(java.util.Comparator.comparing(Position::location));
      POSITIONS.put(sku, at.toArray(new Position[0]));
    });
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    load(args[3]);
    CLIENTS.put(args[2], "bench");
    var loops = new EpollEventLoopGroup(Integer.parseInt(args[1]));
    new ServerBootstrap().group(loops).channel(EpollServerSocketChannel.class).option(ChannelOption.SO_BACKLOG, 1024)
        .childOption(ChannelOption.TCP_NODELAY, true).childHandler(new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(65536), new Handler());
          }
        }).bind("127.0.0.1", port).sync();
    System.out.println("ready");
    System.out.flush();
  }
}
