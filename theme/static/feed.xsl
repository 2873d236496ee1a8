<?xml version="1.0" encoding="UTF-8"?>
<!-- Shows a feed (RSS 2.0 or Atom) as a page to whoever opens it in a browser. -->
<xsl:stylesheet version="1.0"
  xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  exclude-result-prefixes="atom dc">
<xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>

<xsl:template match="/rss/channel">
  <xsl:call-template name="page">
    <xsl:with-param name="title" select="title"/>
    <xsl:with-param name="description" select="description"/>
    <xsl:with-param name="home" select="link"/>
    <xsl:with-param name="address" select="atom:link[@rel='self']/@href"/>
    <xsl:with-param name="items" select="item"/>
  </xsl:call-template>
</xsl:template>

<xsl:template match="/atom:feed">
  <xsl:call-template name="page">
    <xsl:with-param name="title" select="atom:title"/>
    <xsl:with-param name="description" select="atom:subtitle"/>
    <xsl:with-param name="home" select="atom:link[@rel='alternate']/@href"/>
    <xsl:with-param name="address" select="atom:link[@rel='self']/@href"/>
    <xsl:with-param name="items" select="atom:entry"/>
  </xsl:call-template>
</xsl:template>

<xsl:template name="page">
  <xsl:param name="title"/>
  <xsl:param name="description"/>
  <xsl:param name="home"/>
  <xsl:param name="address"/>
  <xsl:param name="items"/>
  <html lang="zh-CN">
    <head>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="robots" content="noindex"/>
      <meta name="color-scheme" content="light dark"/>
      <title><xsl:value-of select="$title"/>（订阅源）</title>
      <link rel="stylesheet" href="asset:feed.css"/>
    </head>
    <body>
      <main>
        <h1><xsl:value-of select="$title"/></h1>
        <p><xsl:value-of select="$description"/></p>
        <div class="about">
          <p>这是一个订阅源，供阅读器使用。把下面的地址复制到阅读器里，有了新文章就会自动收到，不必天天来看。</p>
          <p class="address"><xsl:value-of select="$address"/></p>
          <p><a href="../feeds.html">怎样订阅</a>　<a href="{$home}">到网站上阅读</a></p>
        </div>
        <h2>最近的文章</h2>
        <xsl:choose>
          <xsl:when test="$items">
            <ul><xsl:apply-templates select="$items"/></ul>
          </xsl:when>
          <xsl:otherwise><p>还没有文章。</p></xsl:otherwise>
        </xsl:choose>
      </main>
    </body>
  </html>
</xsl:template>

<xsl:template match="item">
  <xsl:variable name="month" select="string-length(substring-before('JanFebMarAprMayJunJulAugSepOctNovDec', substring(pubDate, 9, 3))) div 3 + 1"/>
  <xsl:call-template name="entry">
    <xsl:with-param name="title" select="title"/>
    <xsl:with-param name="link" select="link"/>
    <xsl:with-param name="day" select="concat(substring(pubDate, 13, 4), '-', format-number($month, '00'), '-', substring(pubDate, 6, 2))"/>
    <xsl:with-param name="source" select="dc:source"/>
    <xsl:with-param name="summary">
      <xsl:call-template name="unescaped"><xsl:with-param name="text" select="description"/></xsl:call-template>
    </xsl:with-param>
  </xsl:call-template>
</xsl:template>

<xsl:template match="atom:entry">
  <xsl:call-template name="entry">
    <xsl:with-param name="title" select="atom:title"/>
    <xsl:with-param name="link" select="atom:link[@rel='alternate']/@href"/>
    <xsl:with-param name="day" select="substring(atom:published, 1, 10)"/>
    <xsl:with-param name="source" select="dc:source"/>
    <xsl:with-param name="summary" select="atom:summary"/>
  </xsl:call-template>
</xsl:template>

<xsl:template name="entry">
  <xsl:param name="title"/>
  <xsl:param name="link"/>
  <xsl:param name="day"/>
  <xsl:param name="source"/>
  <xsl:param name="summary"/>
  <li>
    <a href="{$link}"><xsl:value-of select="$title"/></a>
    <p class="facts">
      <time datetime="{$day}"><xsl:value-of select="$day"/></time>
      <xsl:if test="$source != ''">　来源：<xsl:value-of select="$source"/></xsl:if>
    </p>
    <xsl:if test="$summary != ''"><p><xsl:value-of select="$summary"/></p></xsl:if>
  </li>
</xsl:template>

<!-- A description is HTML in which only these three signs are written as entities. -->
<xsl:template name="unescaped">
  <xsl:param name="text"/>
  <xsl:choose>
    <xsl:when test="contains($text, '&amp;')">
      <xsl:variable name="rest" select="substring-after($text, '&amp;')"/>
      <xsl:value-of select="substring-before($text, '&amp;')"/>
      <xsl:choose>
        <xsl:when test="starts-with($rest, 'lt;')">&lt;</xsl:when>
        <xsl:when test="starts-with($rest, 'gt;')">&gt;</xsl:when>
        <xsl:otherwise>&amp;</xsl:otherwise>
      </xsl:choose>
      <xsl:call-template name="unescaped">
        <xsl:with-param name="text" select="substring-after($rest, ';')"/>
      </xsl:call-template>
    </xsl:when>
    <xsl:otherwise><xsl:value-of select="$text"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>
</xsl:stylesheet>
