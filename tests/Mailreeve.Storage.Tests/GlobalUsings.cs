global using Mailreeve.Testing;
