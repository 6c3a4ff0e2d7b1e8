using System.Net;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Takes bytes from <see cref="HttpSourceRole"/> over HTTP/2 with a window of 16 MiB, always into the same memory: HttpClient.</summary>
internal sealed class HttpSinkRole(string address) : IRole
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { InitialHttp2StreamWindowSize = 16 << 20 })
    {
        BaseAddress = new Uri(address),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private byte[] _bytes = [];

    public Task<string> StartAsync() => Task.FromResult("");

    public Task<double> DoAsync(string verb, Words words) => verb == "fetch"
        ? FetchAsync(words.Number(), words.Number())
        : throw new ArgumentException($"'{verb}' is no command");

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<double> FetchAsync(int size, int count)
    {
        _bytes = _bytes.Length == size ? _bytes : Buffers.Touched(size);
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            using var response = await _http.GetAsync(new Uri($"/{size}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(_bytes);
        }

        lap.Stop();
        return (double)size * count / lap.Seconds / 1e9;
    }
}
