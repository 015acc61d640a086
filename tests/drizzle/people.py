"""TypeScript as people write it."""

ANALYTICS = """\
// analytics.table.ts
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

import { organizations, users } from '../auth.schema'

export const pageViews = sqliteTable('page_views', {
  id: text('id').primaryKey(),
  path: text('path').notNull(),
  userAgent: text('user_agent'),
  ipAddress: text('ip_address'),

  // Relations
  userId: text('user_id')
    .references(() => users.id, { onDelete: 'set null' }),
  organizationId: text('organization_id')
    .notNull()
    .references(() => organizations.id, { onDelete: 'cascade' }),

  createdAt: integer('created_at', { mode: 'timestamp' })
    .$defaultFn(() => new Date())
    .notNull(),
})
"""
"""The original README's."""

PATTERNS = """\
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { organizations } from '../auth.schema'

export const posts = sqliteTable('posts', {
  id: text('id').primaryKey(),
  createdAt: integer('created_at', { mode: 'timestamp' })
    .$defaultFn(() => new Date())
    .notNull(),
  updatedAt: integer('updated_at', { mode: 'timestamp' })
    .$defaultFn(() => new Date())
    .notNull(),
  organizationId: text('organization_id')
    .notNull()
    .references(() => organizations.id, { onDelete: 'cascade' }),
  status: text('status', {
    enum: ['draft', 'published', 'archived']
  }).default('draft').notNull(),
  metadata: text('metadata') // Store as JSON string
})
"""

HELPERS = """\
import { timestamp, varchar } from 'drizzle-orm/pg-core'

export const timestamps = {
  createdAt: timestamp('created_at').$defaultFn(() => new Date()).notNull(),
  updatedAt: timestamp('updated_at').$defaultFn(() => new Date()).$onUpdate(() => new Date()).notNull(),
}
export const name = () => ({ name: varchar({ length: 80 }).notNull() })
export enum Colour { Red = 'red', Blue = "blue" }
export const SIZES = ['s', 'm'] as const
"""

STYLES = """\
import { relations, sql, type InferSelectModel } from "drizzle-orm";
import * as p from "drizzle-orm/pg-core";
import { pgTable as table, pgEnum, type AnyPgColumn } from "drizzle-orm/pg-core";
import { Colour, SIZES, name, timestamps } from "./helpers";

/* What a shop has. */
export const state = pgEnum("state", ["new", "it's"]);

export const shops = table("shops", (t) => ({
  id: t.uuid().defaultRandom().primaryKey(),
  ...name(),
  ownerId: t.text("owner"), // who
}));

export const products = table(
  "products",
  {
    id: p.serial("id").primaryKey(),
    ...timestamps,
    shopId: p.uuid("shop_id").notNull().references(() => shops.id, { onDelete: "cascade", onUpdate: "no action" }),
    parentId: p.integer("parent_id").references((): AnyPgColumn => products.id),
    colour: p.text("colour", { enum: [Colour.Red, Colour.Blue] }).notNull().default(Colour.Red),
    size: p.varchar("size", { length: 2, enum: SIZES }),
    state: state("state").default("new").notNull(),
    price: p.numeric({ precision: 10, scale: 2 }).default("0.50"),
    tags: p.text().array().notNull().default([]),
    doc: p.jsonb("doc").$type<Record<string, unknown>>().default({ a: [1, null, true] }),
    at: p.timestamp("at", { withTimezone: true, precision: 3 }).defaultNow(),
    total: p.integer().generatedAlwaysAs(sql`id * 2`),
    slug: p.text().$defaultFn(() => slugify()).unique("slugs"),
    score: p.bigint("score", { mode: "number" }).default(-1),
  },
  (t) => ({
    byShop: p.uniqueIndex("products_shop_slug").on(t.shopId, t.slug.desc()).where(sql`${t.slug} is not null`),
    lower: p.index("products_lower").on(sql`lower(${t.slug})`),
    pair: p.unique().on(t.shopId, t.colour),
    positive: p.check("positive", sql`${t.price} >= 0`),
  }),
);

export const tagged = table("tagged", {
  productId: p.integer("product_id").notNull(),
  shopId: p.uuid("shop_id").notNull(),
}, (t) => [
  p.primaryKey({ columns: [t.productId, t.shopId] }),
  p.foreignKey({ columns: [t.productId], foreignColumns: [products.id], name: "tagged_fk" }).onDelete("cascade"),
]);

export const productsRelations = relations(products, ({ one }) => ({ shop: one(shops) }));
export type Product = InferSelectModel<typeof products>;
"""

PREFIXED = """\
import { sqliteTableCreator, text, index } from "drizzle-orm/sqlite-core";
export const createTable = sqliteTableCreator((name) => `app_${name}`);
export const posts = createTable("post", { id: text().primaryKey(), madeBy: text() }, (t) => [
  index("made_by_idx").on(t.madeBy),
]);
"""
