-- The store of a data folder that flowdeck 0.1 wrote, of version 4: a session that ran, one that failed, a run.
BEGIN TRANSACTION;
CREATE TABLE instances (
    name TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE lives (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    session TEXT NOT NULL,
    life TEXT NOT NULL
) STRICT;
INSERT INTO "lives" VALUES(1,'greeting','6094f546d17b9b31','{"id":1,"session":"6094f546d17b9b31","flow":"greeting","state":"available","started":1795777793932,"available":1795777836967,"route":"base","phases":[{"phase":"allocate","state":"done","started":1795777793932,"ended":1795777793961,"note":"a process on this machine; Host_1: 1 vCPU, 2.00 GiB"},{"phase":"pullImage","state":"done","started":1795777793961,"ended":1795777830704,"note":"the base packages are ready"},{"phase":"createEnvironment","state":"done","started":1795777830704,"ended":1795777831387,"note":"Python 3.11.7"},{"phase":"install","state":"skipped","note":"the flow has no requirements file"},{"phase":"startRuntime","state":"done","started":1795777831387,"ended":1795777831388},{"phase":"check","state":"done","started":1795777831388,"ended":1795777836967,"note":"promptflow 1.18.5"}],"asked":[{"at":1795777793932,"what":"start","by":"browser","state":"done","ended":1795777836967}],"settings":{"compute":{"serverless":{}},"idleShutdown":"default"},"size":{"name":"Host_1","vCpus":1,"memoryMb":2048},"runtimeVersion":"1.18.5"}');
INSERT INTO "lives" VALUES(2,'pins','9cff4529376427ab','{"id":2,"session":"9cff4529376427ab","flow":"pins","state":"failed","started":1795777851358,"ended":1795777853436,"route":"base","phases":[{"phase":"allocate","state":"done","started":1795777851358,"ended":1795777852000,"note":"a process on this machine; Host_1: 1 vCPU, 2.00 GiB"},{"phase":"pullImage","state":"done","started":1795777852000,"ended":1795777852003,"note":"the base packages are ready"},{"phase":"createEnvironment","state":"done","started":1795777852003,"ended":1795777853214,"note":"Python 3.11.7"},{"phase":"install","state":"failed","started":1795777853214,"ended":1795777853436},{"phase":"startRuntime","state":"waiting"},{"phase":"check","state":"waiting"}],"asked":[{"at":1795777851358,"what":"start","by":"browser","state":"failed","ended":1795777853436,"failure":"requirements.txt, line 1: ‘promptflow==1.17.2’ replaces promptflow 1.18.5 of the base packages, which the runtime needs."}],"settings":{"compute":{"serverless":{}},"idleShutdown":"default"},"size":{"name":"Host_1","vCpus":1,"memoryMb":2048},"failure":{"code":"RuntimePackagePinned","phase":"install","message":"requirements.txt, line 1: ‘promptflow==1.17.2’ replaces promptflow 1.18.5 of the base packages, which the runtime needs.","remedy":"Remove the version, or keep the base’s version.","fault":{"cause":"runtimePackage","requirement":"promptflow","askedBy":{"file":"requirements.txt","line":1,"text":"promptflow==1.17.2"}},"correlation":"3e3acfbacec283ef"}}');
CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    began INTEGER NOT NULL,
    result TEXT NOT NULL
) STRICT;
INSERT INTO "operations" VALUES('aafc41aeaa5f55fb',1795777793932,'{"status":"Succeeded"}');
INSERT INTO "operations" VALUES('357d9d0243871976',1795777851358,'{"status":"Failed","error":{"code":"RuntimePackagePinned","message":"requirements.txt, line 1: ‘promptflow==1.17.2’ replaces promptflow 1.18.5 of the base packages, which the runtime needs.","additionalInfo":[{"type":"Remedy","info":{"text":"Remove the version, or keep the base’s version."}}]}}');
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    flow TEXT NOT NULL,
    number INTEGER NOT NULL,
    summary TEXT NOT NULL,
    detail TEXT NOT NULL,
    over INTEGER NOT NULL,
    UNIQUE (flow, number)
) STRICT;
INSERT INTO "runs" VALUES('efdc089136bf89ec','greeting',1,'{"id":"efdc089136bf89ec","number":1,"state":"completed","started":1795777837157,"ended":1795777837883}','{"summary":{"id":"efdc089136bf89ec","number":1,"state":"completed","started":1795777837157,"ended":1795777837883},"sessionId":"6094f546d17b9b31","inputs":{"name":"Ada","excited":true},"outputs":{"greeting":"Hello Ada, welcome to prompt flow!","words":6},"nodes":[{"name":"compose","state":"completed","durationMs":21,"inputs":{"name":"Ada"},"output":"Hello Ada, welcome to prompt flow\n"},{"name":"finish","state":"completed","durationMs":0,"inputs":{"text":"Hello Ada, welcome to prompt flow\n","excited":true},"output":{"text":"Hello Ada, welcome to prompt flow!","words":6},"log":"[2026-11-27T11:10:37+0000] finished: Hello Ada, welcome to prompt flow!\n"}]}',1);
CREATE TABLE sessions (
    flow TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
INSERT INTO "sessions" VALUES('greeting','{"owner":"greeting","state":"available","view":{"state":"notExist","sessionId":"6094f546d17b9b31","phases":[{"phase":"allocate","state":"done","started":1795777793932,"ended":1795777793961,"note":"a process on this machine; Host_1: 1 vCPU, 2.00 GiB"},{"phase":"pullImage","state":"done","started":1795777793961,"ended":1795777830704,"note":"the base packages are ready"},{"phase":"createEnvironment","state":"done","started":1795777830704,"ended":1795777831387,"note":"Python 3.11.7"},{"phase":"install","state":"skipped","note":"the flow has no requirements file"},{"phase":"startRuntime","state":"done","started":1795777831387,"ended":1795777831388},{"phase":"check","state":"done","started":1795777831388,"ended":1795777836967,"note":"promptflow 1.18.5"}],"route":"base","started":1795777793932,"available":1795777836967,"maxIdleTimeSeconds":3600,"settings":{"compute":{"serverless":{}},"idleShutdown":"default"},"size":{"name":"Host_1","vCpus":1,"memoryMb":2048},"runtimeVersion":"1.18.5"},"generation":0,"runtime":{"session":"6094f546d17b9b31","process":32191,"started":2220245,"socket":"/srv/flowdeck/sessions/6094f546d17b9b31/0.sock"},"last_activity":1795777837883,"operation":null,"install_operation":null,"next":null,"anew":{"environment":false,"image":false},"keep":null,"made_of":{"image":null,"requirements":null},"made_at":null,"previous":null}');
INSERT INTO "sessions" VALUES('pins','{"owner":"pins","state":"failed","view":{"state":"notExist","sessionId":"9cff4529376427ab","phases":[{"phase":"allocate","state":"done","started":1795777851358,"ended":1795777852000,"note":"a process on this machine; Host_1: 1 vCPU, 2.00 GiB"},{"phase":"pullImage","state":"done","started":1795777852000,"ended":1795777852003,"note":"the base packages are ready"},{"phase":"createEnvironment","state":"done","started":1795777852003,"ended":1795777853214,"note":"Python 3.11.7"},{"phase":"install","state":"failed","started":1795777853214,"ended":1795777853436},{"phase":"startRuntime","state":"waiting"},{"phase":"check","state":"waiting"}],"route":"base","started":1795777851358,"failure":{"code":"RuntimePackagePinned","phase":"install","message":"requirements.txt, line 1: ‘promptflow==1.17.2’ replaces promptflow 1.18.5 of the base packages, which the runtime needs.","remedy":"Remove the version, or keep the base’s version.","fault":{"cause":"runtimePackage","requirement":"promptflow","askedBy":{"file":"requirements.txt","line":1,"text":"promptflow==1.17.2"}},"correlation":"3e3acfbacec283ef"},"maxIdleTimeSeconds":3600,"settings":{"compute":{"serverless":{}},"idleShutdown":"default"},"size":{"name":"Host_1","vCpus":1,"memoryMb":2048}},"generation":0,"runtime":null,"last_activity":1795777851358,"operation":null,"install_operation":null,"next":null,"anew":{"environment":false,"image":false},"keep":null,"made_of":{"image":null,"requirements":["requirements.txt","c8f819b67622859a21ec66255bb00f507104316898c8d55eec3849696d49237d"]},"made_at":null,"previous":null}');
CREATE TABLE sign_ins (
    hash TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE standbys (
    session TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE times (
    id INTEGER PRIMARY KEY,
    way TEXT NOT NULL,
    step TEXT NOT NULL,
    millis INTEGER NOT NULL
) STRICT;
INSERT INTO "times" VALUES(1,'base','allocate',29);
INSERT INTO "times" VALUES(2,'base','pullImage',36743);
INSERT INTO "times" VALUES(3,'base','createEnvironment',683);
INSERT INTO "times" VALUES(4,'base','startRuntime',1);
INSERT INTO "times" VALUES(5,'base','check',5579);
INSERT INTO "times" VALUES(6,'base','start',43035);
CREATE INDEX lives_of_owner ON lives (owner);
CREATE INDEX lives_of_session ON lives (session);
CREATE INDEX times_of_way ON times (way, step);
COMMIT;
PRAGMA user_version = 4;
