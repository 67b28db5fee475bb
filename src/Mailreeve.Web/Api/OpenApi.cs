namespace Mailreeve.Web.Api;

/// <summary>Describes the API for programs.</summary>
internal static class OpenApi
{
    /// <summary>OpenAPI 3.1, UTF-8. Written by hand: there are few operations, and their answers are a promise to others.</summary>
    public static readonly byte[] Document = """
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Abuse reports",
            "version": "1",
            "description": "Takes XARF v4 documents. A report is on disk before it is acknowledged. Tells the provider's own tools who had an address, and takes what its sensors saw."
          },
          "paths": {
            "/api/reports": {
              "post": {
                "summary": "Send one report",
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/json": {
                      "schema": {
                        "type": "object",
                        "required": ["xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "category", "type"],
                        "properties": { "xarf_version": { "type": "string", "pattern": "^4\\." } },
                        "externalDocs": { "url": "https://xarf.org/" }
                      }
                    }
                  }
                },
                "responses": {
                  "202": {
                    "description": "Kept. Whoever has the number and the code can see what becomes of it.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "object",
                          "required": ["report", "code", "status"],
                          "properties": {
                            "report": { "type": "string", "examples": ["R-123"] },
                            "code": { "type": "string", "examples": ["abcd-efgh-ijkl-mnop"] },
                            "status": { "type": "string", "description": "A page for people; what follows the # is not sent to the server.", "examples": ["/report/status#R-123.abcd-efgh-ijkl-mnop"] }
                          }
                        }
                      }
                    }
                  },
                  "400": { "description": "Not JSON, or not XARF. Nothing was kept; the detail says what is wrong.", "content": { "application/problem+json": {} } },
                  "413": { "description": "Larger than a report may be. Nothing was kept.", "content": { "application/problem+json": {} } },
                  "415": { "description": "The content type is not application/json. Nothing was kept.", "content": { "application/problem+json": {} } },
                  "429": { "description": "Too many reports from this network in a minute; Retry-After says how long to wait.", "content": { "application/problem+json": {} } }
                }
              }
            },
            "/api/reports/status": {
              "post": {
                "summary": "How a report stands",
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/json": {
                      "schema": {
                        "type": "object",
                        "required": ["report", "code"],
                        "properties": { "report": { "type": "string" }, "code": { "type": "string" } }
                      }
                    }
                  }
                },
                "responses": {
                  "200": {
                    "description": "As it stands now.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "object",
                          "required": ["report", "received", "state", "text"],
                          "properties": {
                            "report": { "type": "string", "examples": ["R-123"] },
                            "received": { "type": "string", "format": "date-time" },
                            "state": { "enum": ["received", "with-a-person", "not-ours", "needs-facts", "noted", "forwarded", "closed"] },
                            "text": { "type": "string" }
                          }
                        }
                      }
                    }
                  },
                  "400": { "description": "Not that JSON.", "content": { "application/problem+json": {} } },
                  "404": { "description": "Number and code do not belong together, or the report is older than 180 days.", "content": { "application/problem+json": {} } },
                  "429": { "description": "Too many questions from this network in a minute; Retry-After says how long to wait.", "content": { "application/problem+json": {} } }
                }
              }
            },
            "/api/who": {
              "get": {
                "summary": "Who had an address at a time; for the provider's own tools",
                "description": "Names customers: every answer is on record with the name of the key.",
                "security": [{ "key": [] }],
                "parameters": [
                  { "name": "address", "in": "query", "required": true, "schema": { "type": "string", "examples": ["198.51.100.7"] } },
                  { "name": "port", "in": "query", "description": "The source port. Where several customers share an address, only it tells them apart.", "schema": { "type": "integer", "minimum": 1, "maximum": 65535 } },
                  { "name": "at", "in": "query", "description": "When; now when it is left out.", "schema": { "type": "string", "format": "date-time" } },
                  { "name": "doubt", "in": "query", "description": "By how many seconds that time may be off, either way.", "schema": { "type": "integer", "minimum": 0, "maximum": 2592000, "default": 300 } },
                  { "name": "known", "in": "query", "description": "Answer as it would have been answered at this time, before later corrections.", "schema": { "type": "string", "format": "date-time" } }
                ],
                "responses": {
                  "200": {
                    "description": "What is on record, also when it names nobody.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "object",
                          "required": ["address", "port", "from", "to", "knownAt", "verdict", "chain", "possible", "grounds", "why"],
                          "properties": {
                            "address": { "type": "string" },
                            "port": { "type": ["integer", "null"] },
                            "from": { "type": "string", "format": "date-time" },
                            "to": { "type": "string", "format": "date-time" },
                            "knownAt": { "type": ["string", "null"], "format": "date-time" },
                            "verdict": { "enum": ["certain", "bounded", "ambiguous", "none"] },
                            "chain": { "type": "array", "items": { "type": "object", "required": ["regNumber", "name"], "properties": { "regNumber": { "type": "string" }, "name": { "type": "string" } } } },
                            "possible": { "type": "array", "items": { "type": "object", "required": ["regNumber", "name"], "properties": { "regNumber": { "type": "string" }, "name": { "type": "string" } } } },
                            "grounds": { "type": "array", "items": { "type": "object", "required": ["kind"], "properties": { "kind": { "enum": ["session", "assignment", "translation"] } } } },
                            "why": { "type": "string" }
                          }
                        }
                      }
                    }
                  },
                  "400": { "description": "Not a question; the detail says what is wrong. Parameters that are not listed here are refused.", "content": { "application/problem+json": {} } },
                  "401": { "description": "No key, or none of ours.", "content": { "application/problem+json": {} } },
                  "403": { "description": "A key for something else.", "content": { "application/problem+json": {} } },
                  "429": { "description": "Too often, for this network in a minute or for this key in an hour; Retry-After says how long to wait.", "content": { "application/problem+json": {} } }
                }
              }
            },
            "/api/detections": {
              "post": {
                "summary": "Say what a sensor saw; for the provider's own sensors",
                "description": "The sensor is the name of the key. All of a body is taken, or nothing.",
                "security": [{ "key": [] }],
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/json": {
                      "schema": {
                        "oneOf": [
                          { "$ref": "#/components/schemas/detection" },
                          { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "$ref": "#/components/schemas/detection" } }
                        ]
                      }
                    }
                  }
                },
                "responses": {
                  "202": {
                    "description": "On disk. What the same key said before, of the same address, type and time, is known and does not count again.",
                    "content": {
                      "application/json": {
                        "schema": { "type": "object", "required": ["taken", "known"], "properties": { "taken": { "type": "integer" }, "known": { "type": "integer" } } }
                      }
                    }
                  },
                  "400": { "description": "Not JSON. Nothing was taken.", "content": { "application/problem+json": {} } },
                  "401": { "description": "No key, or none of ours.", "content": { "application/problem+json": {} } },
                  "403": { "description": "A key for something else.", "content": { "application/problem+json": {} } },
                  "413": { "description": "More than 1 MiB. Nothing was taken.", "content": { "application/problem+json": {} } },
                  "415": { "description": "The content type is not application/json. Nothing was taken.", "content": { "application/problem+json": {} } },
                  "422": {
                    "description": "Mistakes, all of them at once, or more than 1000 detections. Nothing was taken.",
                    "content": {
                      "application/problem+json": {
                        "schema": {
                          "type": "object",
                          "properties": {
                            "mistakes": { "type": "array", "items": { "type": "object", "required": ["index", "field", "problem"], "properties": { "index": { "type": "integer" }, "field": { "type": "string" }, "problem": { "type": "string" } } } }
                          }
                        }
                      }
                    }
                  },
                  "429": { "description": "Too often, for this network in a minute or for this key in an hour; Retry-After says how long to wait.", "content": { "application/problem+json": {} } }
                }
              }
            }
          },
          "components": {
            "schemas": {
              "detection": {
                "type": "object",
                "required": ["address", "type", "at"],
                "additionalProperties": false,
                "properties": {
                  "address": { "type": "string", "examples": ["198.51.100.7"] },
                  "type": { "enum": ["port-scan", "login-attack", "vulnerability-scan", "reconnaissance", "infected-host", "ddos"] },
                  "targets": { "type": "integer", "minimum": 1, "maximum": 1000000, "default": 1 },
                  "connected": { "type": "boolean", "default": false },
                  "at": { "oneOf": [{ "type": "string", "format": "date-time" }, { "type": "number", "description": "Seconds since 1970." }] },
                  "detail": { "type": "string", "description": "For operators; 200 characters are kept." }
                }
              }
            },
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": "A key that the provider has made for one tool." } }
          }
        }
        """u8.ToArray();
}
