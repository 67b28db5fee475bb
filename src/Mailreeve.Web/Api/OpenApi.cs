namespace Mailreeve.Web.Api;

/// <summary>Describes the API for programs.</summary>
internal static class OpenApi
{
    /// <summary>OpenAPI 3.1, UTF-8. Written by hand: there are two operations, and their answers are a promise to others.</summary>
    public static readonly byte[] Document = """
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Abuse reports",
            "version": "1",
            "description": "Takes XARF v4 documents. A report is on disk before it is acknowledged."
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
            }
          }
        }
        """u8.ToArray();
}
