using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Answers with as many bytes as it is asked for over HTTP/2, always from the same memory: Kestrel as it comes.</summary>
internal sealed class HttpSourceRole(int size) : IRole
{
    private const int Chunk = 1 << 20;
    private readonly byte[] _bytes = Buffers.Touched(size);
    private WebApplication? _server;

    public async Task<string> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.Run(SendAsync);
        await _server.StartAsync();
        return _server.Urls.Single();
    }

    public Task<double> DoAsync(string verb, Words words) => throw new ArgumentException($"'{verb}' is no command");

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        var left = _bytes.AsMemory(0, int.Parse(context.Request.Path.Value!.AsSpan(1), CultureInfo.InvariantCulture));
        context.Response.ContentLength = left.Length;
        while (left.Length > 0)
        {
            var chunk = left[..Math.Min(Chunk, left.Length)];
            await context.Response.BodyWriter.WriteAsync(chunk);
            left = left[chunk.Length..];
        }
    }
}
