namespace Mailreeve.Mail.Outbound.Tls;

internal static class TlsReportClerk;
