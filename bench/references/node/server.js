// Four operations as Express, the AWS SDK and LiveKit's server SDK usually do them.
// GET /measured answers the CPU seconds of each request since it was last asked.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import express from "express";
import { AccessToken, RoomServiceClient } from "livekit-server-sdk";

const rooms = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const secrets = new SecretsManagerClient({});
const { ROOMS_TABLE, LIVEKIT_SECRET, LIVEKIT_URL } = process.env;
const SHARDS = ["0", "1", "2", "3"];
const DAY = 24 * 60 * 60 * 1000;

const app = express();
const measured = [];
let livekit;

app.get("/measured", (_, response) => response.json(measured.splice(0)));
app.use((_, response, next) => {
  const before = process.cpuUsage();
  response.on("finish", () => {
    const { user, system } = process.cpuUsage(before);
    measured.push((user + system) / 1e6);
  });
  next();
});
app.use(express.json());

const shown = (room, base) => ({
  roomName: room.roomName,
  roomNamePrefix: room.roomNamePrefix,
  creationDate: room.creationDate,
  expirationDate: room.expirationDate,
  maxParticipants: room.maxParticipants,
  preferences: room.preferences,
  moderatorUrl: `${base}${room.roomName}/?secret=${room.secrets.moderator}`,
  publisherUrl: `${base}${room.roomName}/?secret=${room.secrets.publisher}`,
  viewerUrl: `${base}${room.roomName}/?secret=${room.secrets.viewer}`,
});
const base = (request) => `${request.protocol}://${request.host}/`;

async function openRoom(roomName) {
  const found = await rooms.send(
    new GetCommand({ TableName: ROOMS_TABLE, Key: { roomName }, ConsistentRead: true }),
  );
  const room = found.Item;
  return room && !room.closedAt && room.expirationDate > Date.now() ? room : undefined;
}

app.get("/api/v1/rooms/:roomName", async (request, response) => {
  const room = await openRoom(request.params.roomName);
  if (!room) return response.status(404).json({ code: 404, message: "Room not found" });
  return response.json(shown(room, base(request)));
});

async function newest(shard, limit) {
  const found = await rooms.send(
    new QueryCommand({
      TableName: ROOMS_TABLE,
      IndexName: "newestFirst",
      KeyConditionExpression: "indexShard = :shard",
      ExpressionAttributeValues: { ":shard": shard },
      Limit: Math.ceil(limit / SHARDS.length) + 8,
    }),
  );
  return found.Items;
}

app.get("/api/v1/rooms", async (request, response) => {
  const Limit = Number(request.query.maxItems ?? 100);
  const pages = await Promise.all(SHARDS.map((shard) => newest(shard, Limit)));
  const open = pages.flat().filter((room) => !room.closedAt && room.expirationDate > Date.now());
  open.sort((one, other) => (one.listKey < other.listKey ? -1 : 1));
  if (open.splice(Limit).length) {
    const after = Buffer.from(open.at(-1).listKey).toString("base64url");
    response.links({ next: `${base(request)}api/v1/rooms?maxItems=${Limit}&nextPageToken=${after}` });
  }
  return response.json(open.map((room) => shown(room, base(request))));
});

app.post("/api/v1/rooms", async (request, response) => {
  const { expirationDate, roomNamePrefix = "room", maxParticipants, preferences } = request.body;
  if (!(expirationDate > Date.now())) return response.status(422).json({ message: "Expired" });
  const secret = () => randomBytes(24).toString("base64url");
  const Item = {
    roomName: `${roomNamePrefix}-${randomBytes(10).toString("hex")}`,
    roomNamePrefix,
    creationDate: Date.now(),
    expirationDate,
    maxParticipants,
    preferences: preferences ?? {
      chatPreferences: { enabled: true },
      recordingPreferences: { enabled: true },
      virtualBackgroundPreferences: { enabled: true },
    },
    secrets: { moderator: secret(), publisher: secret(), viewer: secret() },
    deleteAfter: Math.floor((expirationDate + DAY) / 1000),
  };
  for (const name of Object.keys(Item)) if (Item[name] === undefined) delete Item[name];
  await rooms.send(
    new PutCommand({
      TableName: ROOMS_TABLE,
      Item,
      ConditionExpression: "attribute_not_exists(roomName)",
    }),
  );
  return response.json(shown(Item, base(request)));
});

app.post("/api/v1/participants/token", async (request, response) => {
  const { roomName, participantName, secret } = request.body;
  const room = await openRoom(roomName);
  if (!room) return response.status(404).json({ message: "Room not found" });
  const given = Buffer.from(secret);
  const role = Object.keys(room.secrets).find((each) => {
    const known = Buffer.from(room.secrets[each]);
    return known.length === given.length && timingSafeEqual(known, given);
  });
  if (!role) return response.status(403).json({ message: "Invalid secret" });
  if (!livekit) {
    const stored = await secrets.send(new GetSecretValueCommand({ SecretId: LIVEKIT_SECRET }));
    const { apiKey, apiSecret } = JSON.parse(stored.SecretString);
    const client = new RoomServiceClient(LIVEKIT_URL.replace(/^ws/, "http"), apiKey, apiSecret);
    livekit = { apiKey, apiSecret, client };
  }
  if (room.maxParticipants) {
    const inside = await livekit.client.listParticipants(roomName);
    if (inside.length >= room.maxParticipants) return response.status(409).json({});
  }
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, {
    identity: `${participantName}_${randomBytes(3).toString("hex")}`,
    name: participantName,
    metadata: JSON.stringify({ role }),
    ttl: "1h",
  });
  token.addGrant({ roomJoin: true, room: roomName });
  return response.json({ token: await token.toJwt(), participantName, role, livekitUrl: LIVEKIT_URL });
});

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
