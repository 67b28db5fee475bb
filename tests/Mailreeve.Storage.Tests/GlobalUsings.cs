global using Mailreeve.Testing;
global using NodaTime;
