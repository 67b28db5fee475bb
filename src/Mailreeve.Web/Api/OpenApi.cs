namespace Mailreeve.Web.Api;

/// <summary>Describes the API for programs.</summary>
internal static class OpenApi
{
    /// <summary>OpenAPI 3.1, UTF-8. Written by hand: there is one operation, and its answers are a promise to others.</summary>
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
                    "description": "Kept. The status address shows what becomes of it; whoever knows it can look.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "object",
                          "required": ["report", "status"],
                          "properties": {
                            "report": { "type": "string", "examples": ["R-123"] },
                            "status": { "type": "string", "examples": ["/report/uM0Yc2…"] }
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
            }
          }
        }
        """u8.ToArray();
}
